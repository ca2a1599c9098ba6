using Inference.Decoding.Probes;
using Inference.Grounding.Probes.Metrics;
using Inference.Grounding.Probes.Training;

namespace Inference.Grounding.Tests.Probes;

public sealed class CalibrationTests
{
    [Fact]
    public void Isotonic_regression_pools_adjacent_violators()
    {
        // Labels 0 1 0 1 1 over ascending logits: the second and third are pooled to a half.
        var knots = IsotonicFit.Fit([Point(1, false), Point(2, true), Point(3, false), Point(4, true), Point(5, true)]).Knots;
        Assert.Equal([(1f, 0f), (2f, 0.5f), (3f, 0.5f), (4f, 1f), (5f, 1f)], knots.Select(knot => (knot.Logit, knot.Probability)));
    }

    [Fact]
    public void Isotonic_regression_joins_equal_logits_and_weighs()
    {
        var knots = IsotonicFit.Fit([Point(1, false, 3), Point(1, true), Point(2, true)]).Knots;
        Assert.Equal([(1f, 0.25f), (2f, 1f)], knots.Select(knot => (knot.Logit, knot.Probability)));
    }

    [Fact]
    public void Platt_scaling_ends_where_both_slopes_of_its_likelihood_are_zero()
    {
        var random = new Random(3);
        CalibrationPoint[] points = [.. Enumerable.Range(0, 500).Select(_ =>
        {
            var logit = (float)((random.NextDouble() * 6) - 3);
            return Point(logit, random.NextDouble() < 1 / (1 + Math.Exp(-((2 * logit) - 1))), 1 + random.Next(2));
        })];
        var fitted = PlattFit.Fit(points);
        var (positives, negatives) = (points.Sum(p => p.IsPositive ? p.Weight : 0), points.Sum(p => p.IsPositive ? 0 : p.Weight));
        var (byOffset, byScale) = (0.0, 0.0);
        foreach (var point in points)
        {
            var target = point.IsPositive ? (positives + 1) / (positives + 2) : 1 / (negatives + 2);
            var miss = point.Weight * ((1 / (1 + Math.Exp(-(((double)fitted.Scale * point.Logit) + fitted.Offset)))) - target);
            (byOffset, byScale) = (byOffset + miss, byScale + (miss * point.Logit));
        }

        Assert.Equal(0, byOffset, 1e-3);
        Assert.Equal(0, byScale, 1e-3);
        Assert.InRange(fitted.Scale, 1.5, 2.6);
        Assert.InRange(fitted.Offset, -1.5, -0.6);
    }

    [Fact]
    public void A_probe_that_ranks_backwards_gets_a_flat_map()
    {
        Assert.Equal(0, PlattFit.Fit([Point(1, true), Point(2, true), Point(3, false), Point(4, false)]).Scale);
    }

    [Fact]
    public void Thresholds_let_no_more_than_their_share_of_negatives_pass()
    {
        CalibrationPoint[] points = [.. Enumerable.Range(1, 100).Select(i => Point(i, false)), Point(1000, true)];
        Assert.Equal(
            [new ProbeThreshold(0.01f, 99), new(0.05f, 95), new(0.1f, 90), new(0.2f, 80)], Thresholds.Of(points));
    }

    [Fact]
    public void Errors_of_probabilities_are_those_computed_by_hand()
    {
        float[] probabilities = [0.1f, 0.9f];
        bool[] labels = [false, true];
        Assert.Equal(0.01, CalibrationErrors.Brier(probabilities, labels, [1, 1]), 6);
        Assert.Equal(0.1, CalibrationErrors.Expected(probabilities, labels, [1, 1]), 6);
        // One bin for equal probabilities: 0.5 against 3 of 4.
        Assert.Equal(0.25, CalibrationErrors.Expected([0.5f, 0.5f, 0.5f, 0.5f], [true, true, true, false], [1, 1, 1, 1]), 6);
    }

    private static CalibrationPoint Point(float logit, bool isPositive, double weight = 1) => new(logit, isPositive, weight);
}
