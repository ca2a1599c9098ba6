using Inference.Grounding.Evaluation;
using Inference.Grounding.Importance;

namespace Inference.Grounding.Tests.Importance;

public sealed class PriorEstimateTests
{
    [Fact]
    public void A_layer_has_the_share_of_the_scores_that_its_candidates_won_with()
    {
        var prior = PriorEstimate.Of(
        [
            [new(2, 0.1), new(5, 0.4), new(0, 0.3)],
            [new(5, 0.2), new(0, 0.1)],
            [new(0, 0.6), new(2, 0.5)],
        ]);
        Assert.Equal([0, 2, 5], prior.Layers);
        Assert.Equal([0.5, 0, 0.5], prior.Prior.Select(share => Math.Round(share, 12)));
        Assert.Equal(3, prior.Regions);
    }

    [Fact]
    public void Of_equal_scores_the_first_wins() =>
        Assert.Equal([0, 1], PriorEstimate.Of([[new(7, 0.25), new(3, 0.25)], [new(7, 0), new(3, 0)]]).Prior);

    [Fact]
    public void The_standard_error_is_that_of_a_share_of_independent_regions()
    {
        // 100 equal winners, 30 of one layer: the share is binomial.
        var regions = Enumerable.Range(0, 100).Select(i => (IReadOnlyList<LayerOutcome>)[new LayerOutcome(i < 30 ? 1 : 2, 0.5)]).ToList();
        var prior = PriorEstimate.Of(regions);
        Assert.Equal(0.3, prior.Prior[0], 12);
        Assert.All(prior.StandardError, error => Assert.InRange(error, 0.0458 * 0.9, 0.0458 * 1.1));
        Assert.Equal(prior.StandardError, PriorEstimate.Of(regions).StandardError);
    }

    [Fact]
    public void Where_nothing_was_found_again_there_is_no_prior() =>
        Assert.Throws<EvaluationException>(() => PriorEstimate.Of([[new(1, 0), new(2, 0)]]));
}
