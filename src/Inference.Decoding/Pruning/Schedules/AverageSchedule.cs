using System.Globalization;

namespace Inference.Decoding.Pruning;

/// <summary>
/// A budget: over all blocks, this share of an image's rows on average. Stages keep falling powers of one share, which is solved for. They
/// stand at even distances as in <see cref="GeometricSchedule"/>; where the blocks in front of the first one would spend more than three
/// fifths of the budget, it moves forward.
/// </summary>
/// <param name="Share">Average, in (0, 1]; above 1 / L, since the first block sees every row.</param>
/// <param name="Stages">Number of stages.</param>
public sealed record AverageSchedule(double Share, int Stages = PruningSchedule.DefaultStages) : PruningSchedule
{
    // Enough for powers of ½ to come out as such, so that 64 rows times a quarter are 16 and not 15.
    private const int Decimals = 6;
    private const int Halvings = 64;

    // Of the budget, in front of the first stage: PyramidDrop's own schedule stays under it.
    private const double MostInFront = 0.6;

    /// <inheritdoc/>
    public override IReadOnlyList<PruningStage> Resolve(int layers)
    {
        Check();
        CheckStages("average", Stages, layers);
        if (Share * layers <= 1)
        {
            var allowed = string.Create(
                CultureInfo.InvariantCulture, $"above {1.0 / layers:0.####}: the first of {layers} blocks sees all rows");
            throw new PruningException("average.share", Share.ToString(CultureInfo.InvariantCulture), allowed);
        }

        var first = Math.Clamp((int)(layers * Share * MostInFront), 1, layers / (Stages + 1));
        int[] starts = [.. Enumerable.Range(0, Stages).Select(i => first + (int)((long)(layers - first) * i / Stages))];
        var lambda = Solve(starts, layers);
        var least = Math.Pow(10, -Decimals);
        return [.. starts.Select((layer, i) => new PruningStage(layer, Math.Max(Math.Round(Math.Pow(lambda, i + 1), Decimals), least)))];
    }

    /// <inheritdoc/>
    public override void Check()
    {
        if (!(Share is > 0 and <= 1))
        {
            throw new PruningException("average.share", Share.ToString(CultureInfo.InvariantCulture), "above 0, up to 1");
        }

        CheckStages("average", Stages, layers: null);
    }

    /// <summary>The share of an image's rows that stages keep, on average over the blocks.</summary>
    public static double Of(IReadOnlyList<PruningStage> stages, int layers)
    {
        double sum = stages.Count == 0 ? layers : stages[0].Layer;
        for (var i = 0; i < stages.Count; i++)
        {
            sum += ((i + 1 < stages.Count ? stages[i + 1].Layer : layers) - stages[i].Layer) * stages[i].Keep;
        }

        return sum / layers;
    }

    // The average rises with lambda, from the blocks before the first stage alone to 1.
    private double Solve(int[] starts, int layers)
    {
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < Halvings && Share < 1; i++)
        {
            var middle = (low + high) / 2;
            var average = Of([.. starts.Select((layer, s) => new PruningStage(layer, Math.Pow(middle, s + 1)))], layers);
            (low, high) = average < Share ? (middle, high) : (low, middle);
        }

        return high;
    }
}
