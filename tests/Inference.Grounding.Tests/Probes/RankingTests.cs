using Inference.Grounding.Probes.Metrics;

namespace Inference.Grounding.Tests.Probes;

public sealed class RankingTests
{
    // The example of scikit-learn's roc_auc_score and average_precision_score: 0.75 and 0.8333.
    private static readonly float[] Scores = [0.1f, 0.4f, 0.35f, 0.8f];
    private static readonly bool[] Labels = [false, false, true, true];

    [Fact]
    public void Agrees_with_the_documented_values_of_scikit_learn()
    {
        var ranking = new Ranking(Scores, Labels);
        Assert.Equal(0.75, ranking.Auroc([1, 1, 1, 1])!.Value, 12);
        Assert.Equal(5.0 / 6, ranking.AveragePrecision([1, 1, 1, 1])!.Value, 12);
    }

    [Fact]
    public void Ties_count_half()
    {
        var ranking = new Ranking([1f, 1f, 0f], [true, false, false]);
        Assert.Equal(0.75, ranking.Auroc([1, 1, 1])!.Value, 12);
        Assert.Equal(0.5, ranking.AveragePrecision([1, 1, 1])!.Value, 12);
    }

    [Fact]
    public void Recall_is_that_of_the_loosest_threshold_within_the_rate()
    {
        var ranking = new Ranking(Scores, Labels);
        Assert.Equal(0.5, ranking.RecallAt(0.1, [1, 1, 1, 1])!.Value);
        Assert.Equal(1, ranking.RecallAt(0.5, [1, 1, 1, 1])!.Value);
        Assert.Equal(0, new Ranking([1f, 0f], [false, true]).RecallAt(0.1, [1, 1])!.Value);
    }

    [Fact]
    public void A_weight_counts_as_that_many_copies()
    {
        var random = new Random(5);
        float[] scores = [.. Enumerable.Range(0, 60).Select(_ => (float)random.Next(12))];
        bool[] labels = [.. scores.Select(score => random.Next(12) < score)];
        int[] weights = [.. scores.Select(_ => random.Next(3))];
        int[] copies = [.. Enumerable.Range(0, 60).SelectMany(i => Enumerable.Repeat(i, weights[i]))];
        int[] once = [.. copies.Select(_ => 1)];
        var weighted = new Ranking(scores, labels);
        var copied = new Ranking([.. copies.Select(i => scores[i])], [.. copies.Select(i => labels[i])]);
        Assert.Equal(copied.Auroc(once)!.Value, weighted.Auroc(weights)!.Value, 12);
        Assert.Equal(copied.AveragePrecision(once)!.Value, weighted.AveragePrecision(weights)!.Value, 12);
        Assert.Equal(copied.RecallAt(0.1, once), weighted.RecallAt(0.1, weights));
    }

    [Fact]
    public void Nothing_is_made_up_where_a_class_is_missing()
    {
        var ranking = new Ranking([1f, 2f], [true, true]);
        Assert.Null(ranking.Auroc([1, 1]));
        Assert.Null(ranking.RecallAt(0.1, [1, 1]));
        Assert.Null(new Ranking([1f], [false]).AveragePrecision([1]));
    }

    [Fact]
    public void A_score_that_knows_the_position_only_ranks_at_chance_within_positions()
    {
        var random = new Random(9);
        int[] positions = [.. Enumerable.Range(0, 4000).Select(i => i % PositionBins.Count)];
        bool[] labels = [.. positions.Select(position => random.Next(12) < position)];
        float[] scores = [.. positions.Select(position => (float)position)];
        int[] once = [.. scores.Select(_ => 1)];
        Assert.True(new Ranking(scores, labels).Auroc(once) > 0.75);
        Assert.Equal(0.5, new BinnedRanking(scores, labels, PositionBins.Of(positions)).Auroc(once)!.Value, 12);
    }

    [Fact]
    public void Pairs_are_pooled_over_bins()
    {
        // First bin: 1 of 2 pairs; second: 1 of 1.
        float[] scores = [3, 4, 1, 9, 8];
        bool[] labels = [true, false, false, true, false];
        Assert.Equal(2.0 / 3, new BinnedRanking(scores, labels, [0, 0, 0, 1, 1]).Auroc([1, 1, 1, 1, 1])!.Value, 12);
    }

    [Fact]
    public void Bins_are_quantiles_that_never_part_equal_positions()
    {
        int[] positions = [.. Enumerable.Range(0, 100).Select(i => i / 2)];
        var bins = PositionBins.Of(positions);
        Assert.Equal(PositionBins.Count, bins.Distinct().Count());
        Assert.All(bins.GroupBy(bin => bin), bin => Assert.Equal(10, bin.Count()));
        Assert.Single(PositionBins.Of([7, 7, 7]).Distinct());
    }
}
