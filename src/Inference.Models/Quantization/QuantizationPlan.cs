using Inference.Compute;

namespace Inference.Models.Quantization;

/// <summary>What the matrices of a decoder become. Embeddings and vocabulary matrix become <see cref="Vocabulary"/>; everything else
/// stays.</summary>
/// <param name="Layers">A quantised format for every block.</param>
public sealed record QuantizationPlan(IReadOnlyList<NumberFormat> Layers)
{
    private const int LowBits = 4;
    private const int HighBits = 8;

    /// <summary>Every logit and every token's first row hang on them.</summary>
    public const NumberFormat Vocabulary = NumberFormat.Int8;

    /// <summary>The least average of <see cref="ByImportance"/>.</summary>
    public const double LeastBits = LowBits;

    /// <summary>The greatest average of <see cref="ByImportance"/>.</summary>
    public const double MostBits = HighBits;

    /// <summary>The same for all blocks.</summary>
    public static QuantizationPlan Uniform(int layers, NumberFormat format) => new([.. Enumerable.Repeat(format, layers)]);

    /// <summary>
    /// Eight bits for the most important blocks, four for the others (Dumitru et al. 2024, arXiv 2406.17415): as many in eight as keep the
    /// average of the integers' bits within <paramref name="averageBits"/>. Blocks have the same size; of equal scores the lower block goes
    /// first.
    /// </summary>
    /// <param name="importance">A score for every block, larger for more important ones.</param>
    /// <param name="averageBits">4 to 8.</param>
    /// <param name="low">The format of four bits.</param>
    public static QuantizationPlan ByImportance(IReadOnlyList<double> importance, double averageBits, NumberFormat low)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(averageBits, LeastBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(averageBits, MostBits);
        // Averages that are decimal fractions of the number of blocks must not fall below by a rounding.
        var high = (int)((((averageBits - LowBits) / (HighBits - LowBits)) * importance.Count) + 1e-9);
        var chosen = Enumerable.Range(0, importance.Count).OrderByDescending(layer => importance[layer]).Take(high).ToHashSet();
        return new([.. Enumerable.Range(0, importance.Count).Select(layer => chosen.Contains(layer) ? NumberFormat.Int8 : low)]);
    }
}
