using Inference.Decoding.Sampling;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Importance;

/// <summary>
/// Probing-based importance estimation, as in the released calculate_prob.py: the best candidate of each region gives its score to its
/// layer, and a layer's prior is its share of all that was given.
/// </summary>
public static class PriorEstimate
{
    private const ulong Seed = 0x70_72_69_6F_72;

    /// <summary>The prior of every layer that occurs, in ascending order.</summary>
    /// <param name="regions">The candidates of each region, at least one; of equal scores the first wins.</param>
    /// <exception cref="EvaluationException">No candidate was located anywhere near its region.</exception>
    public static LayerPrior Of(IReadOnlyList<IReadOnlyList<LayerOutcome>> regions)
    {
        int[] layers = [.. regions.SelectMany(region => region).Select(outcome => outcome.Layer).Distinct().Order()];
        (int Layer, double Score)[] winners = [.. regions.Select(region =>
        {
            var winner = region[CandidateRanker.Best([.. region.Select(outcome => outcome.Score)])];
            return (Array.BinarySearch(layers, winner.Layer), winner.Score);
        })];
        var prior = Shares(winners, layers.Length)
            ?? throw new EvaluationException("the candidates", "no score above 0", "a listener that finds at least one region again");
        return new LayerPrior(layers, prior, StandardErrors(winners, layers.Length), regions.Count);
    }

    private static double[] StandardErrors((int Layer, double Score)[] winners, int layers)
    {
        var (sum, squares, draws) = (new double[layers], new double[layers], 0);
        var drawn = new (int Layer, double Score)[winners.Length];
        var position = 0UL;
        for (var resample = 0; resample < Bootstrap.Resamples; resample++)
        {
            for (var i = 0; i < drawn.Length; i++)
            {
                drawn[i] = winners[(int)(Philox4x32.Uniform(Seed, position++) * winners.Length)];
            }

            if (Shares(drawn, layers) is not { } shares)
            {
                continue;
            }

            draws++;
            for (var layer = 0; layer < layers; layer++)
            {
                sum[layer] += shares[layer];
                squares[layer] += shares[layer] * shares[layer];
            }
        }

        return [.. sum.Select((total, layer) => Math.Sqrt(Math.Max(0, (squares[layer] / draws) - (total / draws * (total / draws)))))];
    }

    // Null where nobody won anything.
    private static double[]? Shares((int Layer, double Score)[] winners, int layers)
    {
        var shares = new double[layers];
        var total = 0.0;
        foreach (var (layer, score) in winners)
        {
            shares[layer] += score;
            total += score;
        }

        return total > 0 ? [.. shares.Select(share => share / total)] : null;
    }
}
