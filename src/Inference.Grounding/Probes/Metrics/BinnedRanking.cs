namespace Inference.Grounding.Probes.Metrics;

/// <summary>AUROC over pairs within bins: Σ pairs that the positive wins / Σ pairs.</summary>
internal sealed class BinnedRanking
{
    private readonly List<(int[] Members, Ranking Ranking)> _bins = [];

    /// <summary>Sorts bin by bin.</summary>
    public BinnedRanking(IReadOnlyList<float> scores, IReadOnlyList<bool> labels, IReadOnlyList<int> bins)
    {
        foreach (var bin in Enumerable.Range(0, bins.Count).GroupBy(i => bins[i]))
        {
            int[] members = [.. bin];
            _bins.Add((members, new Ranking([.. members.Select(i => scores[i])], [.. members.Select(i => labels[i])])));
        }
    }

    /// <summary>The share of pairs; null where no bin has both classes.</summary>
    public double? Auroc(IReadOnlyList<int> weights)
    {
        var (won, pairs) = (0.0, 0.0);
        foreach (var (members, ranking) in _bins)
        {
            var bin = ranking.Pairs(Array.ConvertAll(members, i => weights[i]));
            (won, pairs) = (won + bin.Won, pairs + bin.Pairs);
        }

        return pairs > 0 ? won / pairs : null;
    }
}
