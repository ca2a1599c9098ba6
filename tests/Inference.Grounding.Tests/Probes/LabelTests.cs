using System.Text;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Evaluation.Scenes;
using Inference.Grounding.Probes.Collection;
using Inference.Models.Regions;

namespace Inference.Grounding.Tests.Probes;

public sealed class LabelTests
{
    [Fact]
    public void A_mention_is_hallucinated_when_no_object_has_all_that_it_says()
    {
        SceneObject ring = new("ring", "green", "small", false, new Box(0, 0, 0.2, 0.2), "small green ring", null, "");
        SceneObject cross = new("cross", "purple", "small", true, new Box(0.5, 0, 0.7, 0.2), "small purple striped cross", null, "");
        var scene = new Scene("0.png", [ring, cross], "", []);
        const string Text = "there are a small green ring, a large purple cross, a purple cross and a green striped ring";
        Assert.Equal(
            [("small green ring", false), ("large purple cross", true), ("purple cross", false), ("green striped ring", true)],
            SceneLabels.Of(Text, scene).Select(label => (Text[label.Start..label.End], label.IsHallucinated)));
    }

    [Fact]
    public void Spans_of_a_file_count_characters_and_unknown_labels_are_left_out()
    {
        var text = Assert.Single(Read("""
            {"image": "a", "prompt": "", "text": "😀 a red ring", "spans": [{"start": 2, "end": 12, "label": 1}, {"start": 0, "end": 1, "label": null}]}
            """));
        var label = Assert.Single(text.Labels);
        Assert.Equal(("a red ring", true), (text.Text[label.Start..label.End], label.IsHallucinated));
    }

    [Theory]
    [InlineData("{\"start\": 2, \"end\": 2, \"label\": 1}")]
    [InlineData("{\"start\": -1, \"end\": 2, \"label\": 1}")]
    [InlineData("{\"start\": 0, \"end\": 9, \"label\": 1}")]
    [InlineData("{\"start\": 0, \"end\": 2, \"label\": 2}")]
    [InlineData("{\"start\": 0, \"end\": 2, \"label\": \"bad\"}")]
    [InlineData("{\"start\": 0, \"end\": 2}")]
    [InlineData("7")]
    public void A_span_that_is_none_is_named(string span)
    {
        var problem = Assert.Throws<EvaluationException>(
            () => Read($"{{\"image\": \"a.png\", \"prompt\": \"?\", \"text\": \"ring\", \"spans\": [{span}]}}").ToList());
        Assert.StartsWith("labels.jsonl line 1: \"spans\"[0]", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5, 0, 1)]
    [InlineData(6, 9, 1, 1)]
    [InlineData(3, 8, 0, 2)]
    [InlineData(6, 14, 1, 2)]
    [InlineData(14, 15, -1, 0)]
    public void Tokens_of_a_span_are_those_with_text_in_it(int start, int end, int first, int count) =>
        Assert.Equal((first, count), new AnswerTokens("there are ring", [1, 2, 3], [5, 9, 14]).Within(start, end));

    private static IEnumerable<LabelledText> Read(string lines) =>
        LabelledTextFile.Read(new EvaluationSource("labels.jsonl", new MemoryStream(Encoding.UTF8.GetBytes(lines))));
}
