using Inference.Grounding.CycleConsistency;

namespace Inference.Grounding.Tests.CycleConsistency;

public sealed class CandidateRankerTests
{
    private static readonly CandidateEvidence[] Three = [new(0.2, 0.9, 0.5), new(0.6, 0.5, 0.25), new(0.2, 0.5, 1)];

    [Fact]
    public void Overlap_alone_is_the_first_ranking() => Check(CandidateRanking.Iou, Three, [0.2, 0.6, 0.2], best: 1);

    [Fact]
    public void The_reference_multiplies_the_share_of_the_overlap_by_the_confidence() =>
        Check(CandidateRanking.IouShareConfidence, Three, [0.18, 0.3, 0.1], best: 1);

    [Fact]
    public void The_third_ranking_multiplies_it_by_the_likelihood() =>
        Check(CandidateRanking.IouShareLikelihood, Three, [0.1, 0.15, 0.2], best: 2);

    [Theory]
    [InlineData(CandidateRanking.Iou)]
    [InlineData(CandidateRanking.IouShareConfidence)]
    [InlineData(CandidateRanking.IouShareLikelihood)]
    public void Of_equal_scores_the_first_wins(CandidateRanking ranking)
    {
        CandidateEvidence worse = new(0.1, 0.5, 0.5), better = new(0.4, 0.5, 0.5);
        Assert.Equal(1, CandidateRanker.Best(CandidateRanker.Score(ranking, [worse, better, better, worse, better])));
        Assert.Equal(0, CandidateRanker.Best(CandidateRanker.Score(ranking, [better, better])));
    }

    [Theory]
    [InlineData(CandidateRanking.Iou)]
    [InlineData(CandidateRanking.IouShareConfidence)]
    [InlineData(CandidateRanking.IouShareLikelihood)]
    public void What_was_not_located_scores_zero_and_where_nothing_was_the_first_wins(CandidateRanking ranking)
    {
        Check(ranking, [new(0, 0, 0.9), new(0, 0.8, 0.9), new(0, 0, 1)], [0, 0, 0], best: 0);
        Assert.Equal([0, 1], CandidateRanker.Score(ranking, [new(0, 0, 1), new(1, 1, 1)]));
        Check(ranking, [new(0, 0, 1)], [0], best: 0);
    }

    [Fact]
    public void Without_a_likelihood_its_ranking_gives_nothing() =>
        Check(CandidateRanking.IouShareLikelihood, [new(1, 1), new(1, 1, 0.5)], [0, 0.25], best: 1);

    private static void Check(CandidateRanking ranking, CandidateEvidence[] candidates, double[] expected, int best)
    {
        var scores = CandidateRanker.Score(ranking, candidates);
        Assert.Equal(expected, scores.Select(score => Math.Round(score, 12)));
        Assert.Equal(best, CandidateRanker.Best(scores));
    }
}
