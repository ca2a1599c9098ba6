using Inference.Grounding.Evaluation.Scenes;
using Inference.Models.Regions;

namespace Inference.Grounding.Tests.Evaluation.Scenes;

/// <summary>The recorded answers of the transformers library come out with the figures that were recorded beside them.</summary>
public sealed class SceneScorerTests
{
    [Fact]
    public void Captions()
    {
        var scores = Score((tally, scene, i) => SceneScorer.AddCaption(tally, scene, DemoScenes.Answered("caption")[i]));
        Assert.Equal(DemoScenes.Metric("obj_prec"), Value(scores, SceneMeasures.Precision), 1e-4);
        Assert.Equal(DemoScenes.Metric("obj_rec"), Value(scores, SceneMeasures.Recall), 1e-4);
        Assert.Equal(DemoScenes.Metric("chair_s"), Value(scores, SceneMeasures.ChairSentence), 1e-4);
        // The recorded figure is a mean over captions, this one counts mentions.
        Assert.Equal(DemoScenes.Metric("chair_i"), Value(scores, SceneMeasures.ChairInstance), 1e-3);
        // In another order than from left to right a caption is no less right.
        Assert.InRange(Value(scores, SceneMeasures.Perfect), DemoScenes.Metric("exact"), 0.77);
    }

    [Fact]
    public void Expressions_and_locations()
    {
        var next = 0;
        var scores = Score((tally, scene, _) =>
        {
            foreach (var seen in scene.Objects.Where(seen => seen.Expression is not null))
            {
                var numbers = DemoScenes.Answered("locate")[next].Trim('[', ']').Split(',').Select(double.Parse).ToArray();
                SceneScorer.AddLocation(tally, seen, new Box(numbers[0], numbers[1], numbers[2], numbers[3]));
                SceneScorer.AddDescription(tally, scene, scene.Objects.ToList().IndexOf(seen), DemoScenes.Answered("refer")[next++], null);
            }
        });
        Assert.Equal(DemoScenes.Metric("refer_exact"), Value(scores, SceneMeasures.Shortest), 1e-4);
        Assert.Equal(DemoScenes.Metric("locate_iou"), Value(scores, SceneMeasures.MeanIou), 1e-4);
        Assert.Equal(DemoScenes.Metric("locate_acc50"), Value(scores, SceneMeasures.AtHalf), 1e-4);
        Assert.True(Value(scores, SceneMeasures.True) > Value(scores, SceneMeasures.FoundByRule));
        Assert.True(Value(scores, SceneMeasures.FoundByRule) > Value(scores, SceneMeasures.Unambiguous));
        Assert.Equal(0, Value(scores, SceneMeasures.FoundByModel));
    }

    [Fact]
    public void Existence()
    {
        var next = 0;
        var scores = Score((tally, scene, _) =>
        {
            foreach (var question in scene.Questions)
            {
                SceneScorer.AddExistence(tally, question, DemoScenes.Answered("exists")[next++]);
            }
        });
        Assert.Equal(DemoScenes.Metric("exists_acc"), Value(scores, SceneMeasures.Accuracy), 1e-4);
        Assert.Equal(DemoScenes.Metric("exists_yes"), Value(scores, SceneMeasures.YesShare), 1e-4);
        Assert.InRange(Value(scores, SceneMeasures.F1), 0.94, 0.96);
    }

    [Fact]
    public void Attributes_are_judged_where_the_shape_is_right()
    {
        var tally = new SceneTally();
        var scene = DemoScenes.All[0] with { Objects = [.. DemoScenes.All[0].Objects.Take(2)] };
        SceneScorer.AddCaption(tally, scene, "a small yellow cross, a small orange striped triangle and a large red ring");
        Assert.Equal(new Ratio(4, 6), tally[SceneMeasures.Attributes]);
        Assert.Equal(new Ratio(1, 3), tally[SceneMeasures.ChairInstance]);
        Assert.Equal(new Ratio(0, 1), tally[SceneMeasures.Precision]);
    }

    private static SceneScores Score(Action<SceneTally, Scene, int> judge) => new([.. DemoScenes.All.Select((scene, i) =>
    {
        var tally = new SceneTally();
        judge(tally, scene, i);
        return tally;
    })]);

    private static double Value(SceneScores scores, SceneMeasure measure) => scores.Estimate(measure).Value!.Value;
}
