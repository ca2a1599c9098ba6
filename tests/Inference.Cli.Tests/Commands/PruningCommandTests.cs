using System.Text.Json;
using Inference.Models.Imaging;

namespace Inference.Cli.Tests.Commands;

/// <summary>Calibrating, using and showing what drops image rows, with the bundled model.</summary>
public sealed class PruningCommandTests
{
    private const string Question = "Describe the image.";

    [Fact]
    public async Task Calibrated_stages_are_used_by_file_and_refused_by_another_model()
    {
        using var folder = new TemporaryFolder();
        var (list, plan) = (Path.Combine(Path.GetDirectoryName(Samples.Scene)!, "..", "annotations.jsonl"), folder.File("plan.json"));
        var run = await CliRun.Of(
            "calibrate", "pruning", "--data", list, "--limit", "2", "--tokens", "3", "--threshold", "1", "--out", plan, "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        using var picked = JsonDocument.Parse(run.Out);
        var stages = picked.RootElement.GetProperty("stages").GetArrayLength();
        Assert.True(stages > 0, run.Out);

        var answer = await CliRun.Of("generate", "--image", Samples.Scene, "--prompt", Question, "--prune", $"@{plan}", "--json");
        Assert.True(answer.ExitCode == 0, answer.Error);
        using var json = JsonDocument.Parse(answer.Out);
        Assert.Equal(stages, json.RootElement.GetProperty("usage").GetProperty("kept_tokens").GetArrayLength());

        await File.WriteAllTextAsync(
            plan, (await File.ReadAllTextAsync(plan)).Replace("\"model\": \"", "\"model\": \"0", StringComparison.Ordinal));
        Assert.Equal(2, (await CliRun.Of("generate", "--image", Samples.Scene, "--prompt", Question, "--prune", $"@{plan}")).ExitCode);
    }

    [Fact]
    public async Task What_remains_is_drawn_dark_where_it_was_dropped()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("kept.png");
        var run = await CliRun.Of(
            "describe", "--image", Samples.Scene, "--region", "0.1,0.1,0.5,0.5", "--space", "normalized", "--prune", "2:.5,4:.25",
            "--reduce", "divprune:.75", "--show-kept", file, "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        var picture = ImageDecoder.Decode(await File.ReadAllBytesAsync(file));
        const int gap = 6;
        var side = picture.Height;
        Assert.Equal((4 * side) + (3 * gap), picture.Width);
        // Brightness falls with the share of patches that remain.
        double[] light = [.. Enumerable.Range(0, 4).Select(panel => Light(picture, panel * (side + gap), side))];
        Assert.True(light[0] > light[1] && light[1] > light[2] && light[2] > light[3], string.Join(' ', light));
    }

    [Theory]
    [InlineData("--ranking", "random")]
    [InlineData("--show-kept", "kept.png")]
    [InlineData("--prune", "lambda:2")]
    [InlineData("--prune", "average:.1")]
    [InlineData("--reduce", "best:.5")]
    public async Task What_cannot_be_is_wrong_usage(string option, string value)
    {
        var run = await CliRun.Of("generate", "--image", Samples.Scene, "--prompt", Question, option, value);
        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public async Task Rankings_are_listed()
    {
        var run = await CliRun.Of("rankings", "--json");
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(4, json.RootElement.GetProperty("rankings").GetArrayLength());
        Assert.Equal(4, json.RootElement.GetProperty("reductions").GetArrayLength());
    }

    private static double Light(RgbImage picture, int left, int side)
    {
        var sum = 0L;
        for (var y = 0; y < side; y++)
        {
            foreach (var value in picture.Row(y).Slice(left * 3, side * 3))
            {
                sum += value;
            }
        }

        return (double)sum / side / side;
    }
}
