using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Grounding.Tests.Evaluation.Scenes;

public sealed class SceneScoresTests
{
    private static readonly SceneMeasure Measure = SceneMeasures.Accuracy;

    [Fact]
    public void A_method_does_not_differ_from_itself()
    {
        var scores = Of(i => i % 3 == 0);
        var difference = scores.Difference(Measure, scores)!.Value;
        Assert.Equal((0, false), (difference.Value, difference.IsResolved));
    }

    [Fact]
    public void Pairing_resolves_what_separate_intervals_do_not()
    {
        var (better, baseline) = (Of(i => i % 10 < 6), Of(i => i % 10 < 5));
        var difference = better.Difference(Measure, baseline)!.Value;
        Assert.Equal(0.1, difference.Value, 1e-9);
        Assert.True(difference.IsResolved);
        Assert.True(better.Estimate(Measure).Interval!.Value.Low < baseline.Estimate(Measure).Interval!.Value.High);
    }

    [Fact]
    public void A_share_that_every_scene_agrees_on_is_not_certain()
    {
        var estimate = Of(_ => true).Estimate(Measure);
        Assert.Equal(1, estimate.Value);
        Assert.InRange(estimate.Interval!.Value.Low, 0.9, 0.99);
    }

    [Fact]
    public void What_nobody_counted_has_no_value()
    {
        Assert.Null(Of(_ => true).Estimate(SceneMeasures.MeanIou).Value);
        Assert.Null(Of(_ => true).Difference(SceneMeasures.MeanIou, Of(_ => true)));
    }

    private static SceneScores Of(Func<int, bool> isRight) => new([.. Enumerable.Range(0, 100).Select(i =>
    {
        var tally = new SceneTally();
        SceneScorer.AddExistence(tally, new SceneQuestion("?", isRight(i)), "yes");
        return tally;
    })]);
}
