using Inference.Grounding.Evaluation.Scenes;
using Inference.Models.Regions;

namespace Inference.Grounding.Tests.Evaluation.Scenes;

public sealed class SceneMatchingTests
{
    private static readonly SceneObject[] Objects =
    [
        Object("small red heart"), Object("large green ring"), Object("small red striped heart"),
    ];

    [Theory]
    [InlineData("a large green ring and a small red heart", "1 right|0 right")]
    [InlineData("a small red heart and a small red heart", "0 right|2 wrong")]
    [InlineData("a large red heart and a small red heart", "2 wrong|0 right")]
    [InlineData("a small red heart, a small red heart and a small red heart", "0 right|2 wrong|- wrong")]
    [InlineData("a large blue ring", "1 absent")]
    [InlineData("a red object", "0 wrong")]
    [InlineData("a large black star", "- absent")]
    [InlineData("a large red ring", "1 absent")]
    public void Gives_every_mention_an_object_of_its_own(string caption, string expected)
    {
        var matches = SceneMatching.Match(SceneExtractor.Extract(caption), Objects);
        var shown = matches.Select(match =>
            $"{match.Object?.ToString() ?? "-"} {(match.IsRight ? "right" : match.IsThere ? "wrong" : "absent")}");
        Assert.Equal(expected, string.Join('|', shown));
    }

    private static SceneObject Object(string name)
    {
        var mention = SceneExtractor.Extract(name)[0];
        return new SceneObject(mention.Shape!, mention.Color!, mention.Size!, mention.Striped, new Box(0, 0, 1, 1), name, null, name);
    }
}
