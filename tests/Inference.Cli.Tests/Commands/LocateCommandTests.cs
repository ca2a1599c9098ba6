namespace Inference.Cli.Tests.Commands;

public sealed class LocateCommandTests
{
    [Fact]
    public async Task A_phrase_is_found_in_pixels_of_the_image()
    {
        var location = await CliRun.Json("locate", "--image", Samples.Scene, "--phrase", "the ring");
        var box = Assert.Single(location.GetProperty("boxes").EnumerateArray());
        double[] found = [.. box.GetProperty("box").EnumerateArray().Select(value => value.GetDouble())];
        Assert.All(found.Zip((double[])[69, 160, 107, 198]), pair => Assert.InRange(pair.First, pair.Second - 5, pair.Second + 5));
        Assert.InRange(box.GetProperty("confidence").GetDouble(), 0.1, 1);
        Assert.Equal("[0.31,0.72,0.47,0.88]", location.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Normalized_boxes_lie_within_the_unit_square()
    {
        var location = await CliRun.Json("locate", "--image", Samples.Scene, "--phrase", "the ring", "--space", "normalized");
        var box = Assert.Single(location.GetProperty("boxes").EnumerateArray());
        Assert.Equal([0.31, 0.72, 0.47, 0.88], box.GetProperty("box").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 4)));
    }
}
