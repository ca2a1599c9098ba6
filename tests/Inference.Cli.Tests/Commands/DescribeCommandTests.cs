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

    [Fact]
    public async Task Candidates_are_ranked_and_the_answer_is_the_best()
    {
        var answer = await CliRun.Json(
            "describe", "--image", Samples.Scene, "--region", Ring, "--seed", "3", "--candidates", "layers=1,2", "--candidate",
            "deco:layers=5,6", "--candidate", "sample:temperature=1.5:seed=9", "--rank", "iou-share-confidence");
        var candidates = answer.GetProperty("candidates").EnumerateArray().ToArray();
        Assert.Equal(["deco", null, "unleash", "unleash"], candidates.Select(candidate => candidate.GetProperty("strategy").GetString()));
        Assert.Equal("5,6", candidates[0].GetProperty("settings").GetProperty("layers").GetString());
        Assert.Equal((1.5, 9), (candidates[1].GetProperty("temperature").GetDouble(), candidates[1].GetProperty("seed").GetInt32()));
        var best = candidates.MaxBy(candidate => candidate.GetProperty("score").GetDouble());
        var winner = candidates[answer.GetProperty("candidate").GetInt32()];
        Assert.Equal(best.GetProperty("text").GetString(), answer.GetProperty("text").GetString());
        Assert.Equal(
            (best.GetRawText(), best.GetProperty("score").GetDouble()), (winner.GetRawText(), answer.GetProperty("score").GetDouble()));
        var usage = answer.GetProperty("usage");
        Assert.Equal(winner.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32());
        Assert.True(
            usage.GetProperty("sampled_tokens").GetInt32() > candidates.Sum(
                candidate => candidate.GetProperty("completion_tokens").GetInt32()));
    }

    [Fact]
    public async Task For_people_the_answer_is_on_standard_output_and_its_candidates_beside_it()
    {
        var run = await CliRun.Of("describe", "--image", Samples.Scene, "--region", Ring, "--candidates", "2");
        Assert.Equal((0, 1), (run.ExitCode, run.Out.Count(c => c == '\n')));
        Assert.Single(run.Error.Split('\n'), line => line.StartsWith("* ", StringComparison.Ordinal));
        Assert.Contains("IoU ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_may_hold_the_listener()
    {
        string[] command = ["describe", "--image", Samples.Scene, "--region", Ring, "--seed", "3", "--candidates", "3"];
        var same = await CliRun.Json(command);
        var other = await CliRun.Json([.. command, "--listener", Samples.Model]);
        Assert.Equal(same.GetProperty("candidates").GetRawText(), other.GetProperty("candidates").GetRawText());
    }

    [Theory]
    [InlineData("--candidates", "0")]
    [InlineData("--candidates", "17")]
    [InlineData("--candidates", "layers=")]
    [InlineData("--candidates", "layers=1,x")]
    [InlineData("--candidate", "oracle")]
    [InlineData("--candidate", "dola:layer=1")]
    [InlineData("--candidate", "sample:temperature=-1")]
    [InlineData("--candidate", "sample:heat=1")]
    [InlineData("--rank", "iou")]
    [InlineData("--listener", "x")]
    public async Task What_cannot_be_meant_is_wrong_usage(string option, string value)
    {
        var run = await CliRun.Of("describe", "--image", Samples.Scene, "--region", Ring, option, value);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
    }

    private static List<int> Ids(JsonElement answer) => [.. answer.GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32())];
}
