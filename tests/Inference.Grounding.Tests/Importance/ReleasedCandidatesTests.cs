using Inference.Grounding.Evaluation;
using Inference.Grounding.Importance;
using Inference.Grounding.Tests.Evaluation;

namespace Inference.Grounding.Tests.Importance;

public sealed class ReleasedCandidatesTests
{
    private const string TwoRegions = """
        [{"assert": null, "image_id": "1", "caption": "a", "layer": 3, "sam_score": 0.5, "iou": 30, "more": {"layer": 9}},
         {"layer": 0, "sam_score": 1, "iou": 10},
         {"layer": 1, "sam_score": 0.5, "iou": 2.5, "list": [1, [2]]},
         {"layer": 0, "sam_score": 0.5, "iou": 2.5}]
        """;

    [Fact]
    public void Scores_are_the_share_of_the_overlap_times_the_confidence()
    {
        var regions = ReleasedCandidates.Read(Sources.Of("candidates.json", TwoRegions), perRegion: 2);
        Assert.Equal([new(3, 0.375), new(0, 0.25)], regions[0]);
        Assert.Equal([new(1, 0.25), new(0, 0.25)], regions[1]);
        var prior = PriorEstimate.Of(regions);
        Assert.Equal([0, 1, 3], prior.Layers);
        Assert.Equal([0, 0.4, 0.6], prior.Prior.Select(share => Math.Round(share, 12)));
    }

    [Fact]
    public void The_file_may_come_byte_by_byte() => Assert.Equal(
        ReleasedCandidates.Read(Sources.Of("c", TwoRegions), 4)[0], ReleasedCandidates.Read(Sources.Dripping("c", TwoRegions), 4)[0]);

    [Theory]
    [InlineData("", "c")]
    [InlineData("{}", "c")]
    [InlineData("[]", "c")]
    [InlineData("[1]", "c entry 0")]
    [InlineData("""[{"layer": 1, "iou": 1}]""", "c entry 0")]
    [InlineData("""[{"layer": 1.5, "iou": 1, "sam_score": 1}]""", "c entry 0")]
    [InlineData("""[{"layer": 1, "iou": -1, "sam_score": 1}]""", "c entry 0: \"iou\"")]
    [InlineData("""[{"layer": 1, "iou": 1e99, "sam_score": 1}]""", "c entry 0: \"iou\"")]
    [InlineData("""[{"layer": "1", "iou": 1, "sam_score": 1}]""", "c entry 0: \"layer\"")]
    [InlineData("""[{"layer": 1, "iou": 1, "sam_score": 1}""", "c")]
    [InlineData("""[{"layer": 1, "iou": 1, "sam_score": 1}]""", "c")]
    public void What_is_wrong_is_named(string json, string place) =>
        Assert.Equal(place, Assert.Throws<EvaluationException>(() => ReleasedCandidates.Read(Sources.Of("c", json), perRegion: 2)).Place);
}
