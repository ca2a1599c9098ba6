using Inference.Decoding.Pruning;

namespace Inference.Grounding.Calibration;

/// <summary>
/// Picks stages from what each did by itself: a share may be dropped to from the first block on from which, there and everywhere behind,
/// the mean divergence stays within the threshold. VTW (Lin et al., AAAI 2025) finds its only stage this way; here every share finds its
/// own.
/// </summary>
public static class StageSelection
{
    /// <summary>The stages, layers ascending and shares descending; none where nothing stays within the threshold.</summary>
    /// <param name="tried">A divergence for every layer and share.</param>
    /// <param name="threshold">The most, in nats.</param>
    public static IReadOnlyList<PruningStage> Pick(IReadOnlyList<StageDivergence> tried, double threshold)
    {
        var stages = new List<PruningStage>();
        // From the least share on: a larger one is of use only in front of it.
        foreach (var share in tried.GroupBy(stage => stage.Keep).OrderBy(share => share.Key))
        {
            var layer = int.MaxValue;
            foreach (var stage in share.OrderByDescending(stage => stage.Layer).TakeWhile(stage => stage.Divergence.Mean <= threshold))
            {
                layer = stage.Layer;
            }

            if (layer < (stages.Count == 0 ? int.MaxValue : stages[0].Layer))
            {
                stages.Insert(0, new PruningStage(layer, share.Key));
            }
        }

        return stages;
    }
}
