using FsCheck;
using FsCheck.Fluent;
using Inference.Decoding.Sampling;

namespace Inference.Decoding.Tests.Sampling;

public sealed class CandidatesTests
{
    // Few distinct values, so that ties are the rule.
    private static Arbitrary<float[]> Scores() =>
        Gen.Choose(-6, 6).Select(x => x / 2f).ArrayOf().Where(scores => scores.Length > 0).ToArbitrary();

    private static Candidates Load(float[] scores)
    {
        Candidates candidates = new(scores.Length);
        candidates.Load(scores, 1);
        return candidates;
    }

    private static int[] Ranked(float[] scores) => [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i)];

    [Fact]
    public void Top_k_equals_a_full_sort_and_keeps_ties_with_the_kth() =>
        Prop.ForAll(Scores(), Gen.Choose(1, 12).ToArbitrary(), (scores, k) =>
        {
            Candidates candidates = Load(scores);
            candidates.KeepTopK(k);
            float threshold = scores[Ranked(scores)[Math.Min(k, scores.Length) - 1]];
            return candidates.Ids.ToArray().SequenceEqual(Enumerable.Range(0, scores.Length).Where(i => scores[i] >= threshold));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Top_p_keeps_a_prefix_of_the_ranking_that_reaches_p_and_no_shorter_one_does() =>
        Prop.ForAll(Scores(), Gen.Choose(1, 99).Select(x => x / 100f).ToArbitrary(), (scores, p) =>
        {
            Candidates candidates = Load(scores);
            candidates.KeepTopP(p);
            int[] ranked = Ranked(scores);
            double total = scores.Sum(s => Math.Exp(s));
            double Mass(int count) => ranked.Take(count).Sum(i => Math.Exp(scores[i])) / total;
            return candidates.Ids.ToArray().SequenceEqual(ranked.Take(candidates.Count).Order())
                && Mass(candidates.Count) >= p - 1e-9 && Mass(candidates.Count - 1) < p + 1e-9;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Top_p_with_equal_scores_keeps_the_lower_ids()
    {
        Candidates candidates = Load([2, 2, 2, 2]);
        candidates.KeepTopP(0.6f);
        Assert.Equal([0, 1, 2], candidates.Ids.ToArray());
    }

    [Fact]
    public void A_tiny_p_still_keeps_the_best_token()
    {
        Candidates candidates = Load([0, 5, 5]);
        candidates.KeepTopP(1e-6f);
        Assert.Equal([1], candidates.Ids.ToArray());
        candidates = Load([0, 5, 4]);
        candidates.KeepMinP(1);
        Assert.Equal([1], candidates.Ids.ToArray());
    }

    [Fact]
    public void Min_p_compares_with_the_best_probability_after_the_temperature()
    {
        Candidates candidates = new(2);
        candidates.Load([2, 0], temperature: 2);
        candidates.KeepMinP(0.36f);
        Assert.Equal(2, candidates.Count);
        candidates.KeepMinP(0.37f);
        Assert.Equal([0], candidates.Ids.ToArray());
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.49, 0)]
    [InlineData(0.51, 2)]
    [InlineData(0.9999999999999999, 2)]
    public void A_draw_walks_the_probabilities_in_ascending_id_and_skips_zeros(double uniform, int expected) =>
        Assert.Equal(expected, Load([1, -2000, 1, -2000]).Draw(uniform));
}
