using Inference.Grounding.Evaluation;
using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Grounding.Tests.Evaluation.Scenes;

public sealed class SceneSetTests
{
    private const string Ring = """
        {"shape": "ring", "color": "red", "size": "small", "striped": true, "box": [0.1, 0.2, 0.3, 0.4], "name": "small red striped ring", "expression": null, "detail": "…"}
        """;

    [Fact]
    public void Reads_the_bundled_scenes()
    {
        Assert.Equal(300, DemoScenes.All.Count);
        Assert.Equal(1800, DemoScenes.All.Sum(scene => scene.Questions.Count));
        Assert.Equal(1017, DemoScenes.All.Sum(scene => scene.Objects.Count(seen => seen.Expression is not null)));
        Assert.Equal(900, DemoScenes.All.Sum(scene => scene.Questions.Count(question => question.IsYes)));
    }

    [Fact]
    public void Stops_at_the_limit()
    {
        var line = Line(Ring);
        Assert.Single(SceneSet.Read(Sources.Of("scenes.jsonl", $"{line}\n{line}\nnonsense"), 1));
    }

    [Theory]
    [InlineData("\"ring\"", "\"house\"", "\"objects\"[0]")]
    [InlineData("\"red\"", "7", "\"objects\"[0]")]
    [InlineData("true", "\"yes\"", "\"objects\"[0]")]
    [InlineData("0.3, 0.4", "0.1, 0.4", "\"objects\"[0]")]
    [InlineData("0.3, 0.4", "0.3, 1e9", "\"objects\"[0]")]
    [InlineData("0.3, 0.4", "0.3", "\"objects\"[0]")]
    [InlineData("small red striped ring", "\\uD800", "\"objects\"[0]")]
    [InlineData("\"yes\"", "\"maybe\"", "\"exists\"[0]")]
    [InlineData("[{\"question\"", "{\"question\"", "")]
    [InlineData("\"caption\"", "\"title\"", "\"caption\"")]
    public void Says_where_a_line_is_something_else(string part, string instead, string place)
    {
        var failure = Assert.Throws<EvaluationException>(
            () => SceneSet.Read(Sources.Of("scenes.jsonl", Line(Ring).Replace(part, instead))));
        Assert.StartsWith("scenes.jsonl line 1", failure.Place);
        Assert.EndsWith(place, failure.Place);
    }

    [Fact]
    public void Refuses_an_empty_file() => Assert.Throws<EvaluationException>(() => SceneSet.Read(Sources.Of("scenes.jsonl", "\n")));

    private static string Line(string seen) => $$"""
        {"image": "images/0.png", "objects": [{{seen.Trim()}}], "caption": "…", "exists": [{"question": "Is there a ring?", "answer": "yes"}]}
        """;
}
