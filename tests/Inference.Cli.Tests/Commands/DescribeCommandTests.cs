using System.Text.Json;

namespace Inference.Cli.Tests.Commands;

public sealed class DescribeCommandTests
{
    private const string Ring = "69,159,107,197";
    private const string Cross = "142,36,176,70";

    [Fact]
    public async Task One_region_is_one_answer()
    {
        var answer = await CliRun.Json("describe", "--image", Samples.Scene, "--region", Ring);
        Assert.Equal("the ring", answer.GetProperty("text").GetString());
        Assert.Equal([69, 159, 107, 197], answer.GetProperty("region").EnumerateArray().Select(value => value.GetDouble()));
    }

    [Fact]
    public async Task Several_regions_are_a_list_in_their_order()
    {
        var answers = await CliRun.Json("describe", "--image", Samples.Scene, "--region", Ring, "--region", Cross, "--detail");
        var texts = answers.GetProperty("regions").EnumerateArray().Select(region => region.GetProperty("text").GetString()!).ToList();
        Assert.Equal(2, texts.Count);
        Assert.StartsWith("the small green ring", texts[0], StringComparison.Ordinal);
        Assert.StartsWith("the small purple striped cross", texts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Normalized_boxes_are_those_of_pixels_by_the_size_of_the_image()
    {
        var pixels = await CliRun.Json("describe", "--image", Samples.Scene, "--region", "56,112,112,168", "--detail");
        var normalized = await CliRun.Json(
            "describe", "--image", Samples.Scene, "--region", ".25,.5,.5,.75", "--space", "normalized", "--detail");
        Assert.Equal(Ids(pixels), Ids(normalized));
    }

    [Fact]
    public async Task Text_output_is_a_line_per_region_with_its_box()
    {
        var one = await CliRun.Of("describe", "--image", Samples.Scene, "--region", Ring);
        Assert.Equal("the ring\n", one.Out);

        var several = await CliRun.Of("describe", "--image", Samples.Scene, "--region", Ring, "--region", Cross);
        Assert.Equal($"[{Ring}] the ring\n[{Cross}] the purple cross\n", several.Out);
    }

    private static List<int> Ids(JsonElement answer) => [.. answer.GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32())];
}
