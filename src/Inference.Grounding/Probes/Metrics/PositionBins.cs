namespace Inference.Grounding.Probes.Metrics;

/// <summary>
/// Ranks examples against those at about the same place in their answers only: errors grow more frequent along an answer, and a detector
/// that knows no more than
/// the position ranks well over all of it (0.83 on captions of LLaVA-1.5) but not within a bin.
/// </summary>
internal static class PositionBins
{
    /// <summary>Most bins.</summary>
    public const int Count = 10;

    /// <summary>The bin of each position: quantiles, so that bins are about equally full; equal positions are never parted.</summary>
    public static int[] Of(IReadOnlyList<int> positions)
    {
        int[] sorted = [.. positions.Order()];
        if (sorted.Length == 0)
        {
            return [];
        }

        int[] edges = [.. Enumerable.Range(1, Count - 1).Select(i => sorted[i * sorted.Length / Count]).Distinct()];
        return [.. positions.Select(position => edges.Count(edge => position >= edge))];
    }
}
