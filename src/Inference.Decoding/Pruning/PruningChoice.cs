using System.Globalization;
using Inference.Models.Vision;

namespace Inference.Decoding.Pruning;

/// <summary>
/// How image rows are dropped as a request says it, before the model is known: in front of the decoder, inside it, or both.
/// </summary>
public sealed record PruningChoice
{
    /// <summary>When rows are dropped inside the decoder; null: never, or as <see cref="Calibrated"/> says.</summary>
    public PruningSchedule? Schedule { get; init; }

    /// <summary>
    /// Name of a calibrated plan that a server knows; null for none. Whoever resolves a choice has replaced it by a schedule.
    /// </summary>
    public string? Calibrated { get; init; }

    /// <summary>Positions of the rows that remain.</summary>
    public PositionPolicy Positions { get; init; }

    /// <summary>Which rows remain inside the decoder.</summary>
    public Ranking Ranking { get; init; } = RankingRegistry.Default;

    /// <summary>Key of random rankings.</summary>
    public ulong Seed { get; init; }

    /// <summary>How an image's rows become fewer in front of the decoder, or null.</summary>
    public ImageReduction? Reduction { get; init; }

    /// <summary>Fingerprint of the only model that it is for; null for any.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Checks that it is for a model.</summary>
    /// <param name="fingerprint">The model's.</param>
    /// <exception cref="PruningException">It was calibrated for another.</exception>
    public void CheckModel(string fingerprint)
    {
        if (Fingerprint is { } bound && bound != fingerprint)
        {
            throw new PruningException(
                "model", $"stages calibrated for the model {bound[..8]}…", $"those of this one, {fingerprint[..8]}…");
        }
    }

    /// <summary>The plan inside a decoder of <paramref name="layers"/> blocks, or null where there is none.</summary>
    /// <exception cref="PruningException">The schedule does not fit the model.</exception>
    public PruningPlan? Resolve(int layers) =>
        Schedule is not { } schedule ? null : PruningPlan.Create(schedule.Resolve(layers), Positions, layers, Ranking, Seed);

    /// <summary>A reduction by name.</summary>
    /// <exception cref="PruningException">There is no such method, or the share is out of range.</exception>
    public static ImageReduction Reduce(string method, double keep)
    {
        var found = ReductionRegistry.Find(method)
            ?? throw new PruningException("reduction.method", $"'{method}'", ReductionRegistry.Names);
        return keep is > 0 and <= 1
            ? new ImageReduction(found, keep)
            : throw new PruningException("reduction.keep", keep.ToString(CultureInfo.InvariantCulture), "above 0, up to 1");
    }

    /// <summary>Reads <c>method:keep</c>, such as <c>divprune:.25</c>.</summary>
    /// <exception cref="PruningException">The text is none.</exception>
    public static ImageReduction ParseReduction(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2 && double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var keep)
            ? Reduce(parts[0], keep)
            : throw new PruningException(
                "reduction", $"'{text}'", $"method:keep, such as divprune:.25, with a method of {ReductionRegistry.Names}");
    }
}
