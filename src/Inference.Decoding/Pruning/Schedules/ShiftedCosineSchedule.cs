using System.Globalization;

namespace Inference.Decoding.Pruning;

/// <summary>
/// p-MoD's progressive ratio decay (Zhang et al. 2024, arXiv 2412.04449): block l of L keeps R(l) = ½ cos(π l / (L − 1)) + ½, all rows
/// while R is above <paramref name="High"/>, never less than <paramref name="Low"/>. p-MoD routes every block anew with trained weights;
/// here what a block dropped stays dropped.
/// </summary>
/// <param name="High">Share above which nothing is dropped, in [Low, 1].</param>
/// <param name="Low">Least share, in (0, 1].</param>
public sealed record ShiftedCosineSchedule(double High = ShiftedCosineSchedule.DefaultHigh, double Low = ShiftedCosineSchedule.DefaultLow)
    : PruningSchedule
{
    /// <summary>The paper's <see cref="High"/>.</summary>
    public const double DefaultHigh = 0.85;

    /// <summary>The paper's <see cref="Low"/>.</summary>
    public const double DefaultLow = 0.15;

    /// <inheritdoc/>
    public override IReadOnlyList<PruningStage> Resolve(int layers)
    {
        Check();
        var stages = new List<PruningStage>();
        for (var layer = 1; layer < layers; layer++)
        {
            var ratio = (Math.Cos(Math.PI * layer / (layers - 1)) / 2) + 0.5;
            var keep = Math.Max(ratio, Low);
            if (ratio <= High && keep < (stages.Count == 0 ? 1 : stages[^1].Keep))
            {
                stages.Add(new PruningStage(layer, keep));
            }
        }

        return stages.Count > 0
            ? stages
            : throw new PruningException(
                "shifted_cosine", $"nothing to drop in {layers} blocks", "a model of two blocks or more and shares below 1");
    }

    /// <inheritdoc/>
    public override void Check()
    {
        if (!(Low is > 0 and <= 1))
        {
            throw new PruningException("shifted_cosine.low", Low.ToString(CultureInfo.InvariantCulture), "above 0, up to 1");
        }

        if (!(High >= Low && High <= 1))
        {
            var allowed = string.Create(CultureInfo.InvariantCulture, $"{Low}, the least share, to 1");
            throw new PruningException("shifted_cosine.high", High.ToString(CultureInfo.InvariantCulture), allowed);
        }
    }
}
