using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class ChairGroundTruthTests
{
    [Theory]
    [InlineData("2239", "bear")]
    [InlineData("000000002239.jpg", "bear")]
    [InlineData("COCO_val2014_000000002239.jpg", "bear")]
    [InlineData("000000000000.jpg", "car")]
    [InlineData("8", "")]
    [InlineData("7.png", "person dog")]
    public void Images_are_found_by_id_or_file_name(string image, string expected)
    {
        var vocabulary = Sources.Vocabulary();
        Assert.True(Sources.GroundTruth().TryFind(image, out var nodes));
        Assert.Equal(expected, string.Join(' ', nodes.ToArray().Select(node => vocabulary.Nodes[node])));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("")]
    [InlineData("cat.jpg")]
    [InlineData("2239.jpg.tmp")]
    public void Unknown_images_are_not_found(string image) => Assert.False(Sources.GroundTruth().TryFind(image, out _));

    [Fact]
    public void The_cut_of_the_stream_changes_nothing()
    {
        var truth = ChairGroundTruth.Read(Sources.Dripping("objects.json", Sources.Objects), Sources.Vocabulary());
        Assert.Equal(4, truth.Images);
        Assert.True(truth.TryFind("7", out var nodes));
        Assert.Equal(2, nodes.Length);
    }

    [Theory]
    [InlineData("{\"objects\": {\"1\": [\"unicorn\"]}}", "image \"1\": found \"unicorn\"")]
    [InlineData("{\"objects\": {\"1\": [3]}}", "image \"1\": found a token of kind Number")]
    [InlineData("{\"objects\": {\"1\": \"dog\"}}", "allowed: an array of objects for o.json: image \"1\"")]
    [InlineData("{\"objects\": {\"1\": [], \"1\": []}}", "image \"1\": found a second entry")]
    [InlineData("{\"objects\": []}", "allowed: an object under \"objects\"")]
    [InlineData("{\"images\": {}}", "found no member \"objects\"")]
    [InlineData("[]", "found something else")]
    [InlineData("", "found text that is not JSON")]
    [InlineData("{\"objects\": {\"1\": [\"dog\"]", "found text that is not JSON, or that ends early")]
    public void What_is_wrong_is_named(string text, string message)
    {
        var failure = Assert.Throws<EvaluationException>(() => ChairGroundTruth.Read(Sources.Of("o.json", text), Sources.Vocabulary()));
        Assert.Contains("o.json", failure.Message);
        Assert.Contains(message, failure.Message);
    }
}
