using System.Globalization;

namespace Inference.Models.Vision;

/// <summary>How an image's rows become fewer before the prompt is built.</summary>
/// <param name="Method">One of <see cref="ReductionRegistry"/>.</param>
/// <param name="Keep">Share of the rows that remains, in (0, 1]; rounded down, at least one row.</param>
public sealed record ImageReduction(RowReduction Method, double Keep)
{
    /// <summary>The reduction for cache keys: two that give the same rows have the same text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Method.Name}:{Keep}");
}
