using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Grounding.Tests.Evaluation.Scenes;

public sealed class SceneExtractorTests
{
    [Theory]
    [InlineData(
        "there are a small green ring, a large purple striped cross and an orange star",
        "small green ring|large purple striped cross|orange star")]
    [InlineData("the large yellow cross, left of the small orange triangle", "large yellow cross|left of: small orange triangle")]
    [InlineData("the ring, above the red heart and right of the star", "ring|above: red heart|right of: star")]
    [InlineData("the leftmost red heart", "leftmost red heart")]
    [InlineData("Is there a black object in the image?", "black object")]
    [InlineData("How many crosses are there? RINGS", "crosses|RINGS")]
    [InlineData("left of, the ring", "ring")]
    [InlineData("a small green and a ring", "ring")]
    [InlineData("a small green", "")]
    [InlineData("a redheart, the heartless", "")]
    [InlineData("", "")]
    public void Finds_mentions_with_their_relation(string text, string expected)
    {
        var found = SceneExtractor.Extract(text).Select(mention =>
        {
            var named = text.Substring(mention.Start, mention.Length);
            return mention.Relation is { } relation ? $"{relation}: {named}" : named;
        });
        Assert.Equal(expected, string.Join('|', found));
    }

    [Fact]
    public void Words_say_what_they_are_and_where_they_stand()
    {
        const string Text = "an ÉLAN, small Pink striped crosses";
        var mention = Assert.Single(SceneExtractor.Extract(Text));
        Assert.Equal(
            ("cross", "pink", "small", true, null), (mention.Shape, mention.Color, mention.Size, mention.Striped, mention.Extreme));
        Assert.Equal(["small", "Pink", "striped", "crosses"], mention.Words.Select(word => Text.Substring(word.Start, word.Length)));
        Assert.Equal(
            [SceneWordKind.Size, SceneWordKind.Color, SceneWordKind.Pattern, SceneWordKind.Shape], mention.Words.Select(word => word.Kind));
    }

    [Fact]
    public void Every_annotated_text_says_what_is_annotated()
    {
        foreach (var scene in DemoScenes.All)
        {
            Assert.Equal(
                scene.Objects.Select(seen => seen.Name),
                SceneExtractor.Extract(scene.Caption).Select(mention => scene.Caption.Substring(mention.Start, mention.Length)));
            Assert.All(SceneMatching.Match(SceneExtractor.Extract(scene.Caption), scene.Objects), match => Assert.True(match.IsRight));
            Assert.All(scene.Objects, seen => Assert.True(SceneExtractor.Extract(seen.Detail)[0].Names(seen)));
            Assert.All(
                scene.Objects.Where(seen => seen.Expression is not null),
                seen => Assert.True(SceneExtractor.Extract(seen.Expression!)[0].Fits(seen)));
        }
    }
}
