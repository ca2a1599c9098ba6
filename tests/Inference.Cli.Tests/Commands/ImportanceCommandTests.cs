using System.Globalization;
using System.Text.Json;
using Inference.Testing;

namespace Inference.Cli.Tests.Commands;

public sealed class ImportanceCommandTests : IDisposable
{
    private static readonly string Scenes = Path.GetDirectoryName(Path.GetDirectoryName(Samples.Scene))!;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("glassbox-importance");

    private string PriorFile => Path.Combine(_folder.FullName, "prior.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_prior_is_estimated_saved_and_used_by_strategies()
    {
        string[] estimate =
        [
            "importance", "estimate", "--data", Scenes, "--regions", "10", "--layers", "1,2,3,4", "--per-region", "3", "--out", PriorFile,
        ];
        var prior = await CliRun.Json(estimate);
        Assert.Equal(prior.GetRawText(), (await CliRun.Json(estimate)).GetRawText());
        Assert.Equal(10, prior.GetProperty("regions").GetInt32());
        var layers = prior.GetProperty("layers").EnumerateArray().Select(layer => layer.GetInt32()).ToArray();
        var shares = prior.GetProperty("prior").EnumerateArray().Select(share => share.GetDouble()).ToArray();
        Assert.All(layers, layer => Assert.InRange(layer, 1, 4));
        Assert.Equal((layers.Length, layers.Length), (shares.Length, prior.GetProperty("standard_error").GetArrayLength()));
        Assert.Equal(1, shares.Sum(), 5);

        foreach (var (strategy, setting) in new[] { ("pie", "prior"), ("layer-mix", "weights") })
        {
            string[] generate =
            [
                "generate", "--image", Samples.Scene, "--prompt", "Describe the image.", "--max-tokens", "12", "--strategy", strategy,
            ];
            var numbers = string.Join(',', shares.Select(share => share.ToString(CultureInfo.InvariantCulture)));
            var named = await CliRun.Json([.. generate, "--set", $"{setting}=@{PriorFile}"]);
            var written = await CliRun.Json([.. generate, "--set", $"layers={string.Join(',', layers)}", "--set", $"{setting}={numbers}"]);
            Assert.Equal(written.GetProperty("token_ids").GetRawText(), named.GetProperty("token_ids").GetRawText());
        }
    }

    [Fact]
    public async Task A_prior_of_another_model_is_refused()
    {
        string[] released = ["importance", "estimate", "--from-candidates", Candidates(), "--per-region", "2", "--out", PriorFile];
        await CliRun.Json([.. released, "--model", Goldens.Folder(Goldens.SiglipQwen2)]);
        var run = await CliRun.Of(
            "generate", "--prompt", "Describe the image.", "--strategy", "pie", "--set", $"prior=@{PriorFile}");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("for the model", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await CliRun.Of("serve", "--port", "0", "--importance", $"p={PriorFile}")).ExitCode);
    }

    [Fact]
    public async Task Released_candidates_give_their_prior()
    {
        var prior = await CliRun.Json("importance", "estimate", "--from-candidates", Candidates(), "--per-region", "2");
        Assert.Equal([0, 1, 3], prior.GetProperty("layers").EnumerateArray().Select(layer => layer.GetInt32()));
        Assert.Equal([0, 0.4, 0.6], prior.GetProperty("prior").EnumerateArray().Select(share => share.GetDouble()));
        var run = await CliRun.Of("importance", "estimate", "--from-candidates", Candidates(), "--per-region", "2");
        Assert.Contains("0.60000", run.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await CliRun.Of("importance", "estimate", "--from-candidates", Candidates(), "--per-region", "3")).ExitCode);
    }

    [Theory]
    [InlineData("importance", "estimate")]
    [InlineData("importance", "estimate", "--data", "a", "--from-candidates", "b")]
    [InlineData("serve", "--importance", "prior.json")]
    [InlineData("serve", "--importance", "7=prior.json")]
    public async Task What_cannot_be_meant_is_wrong_usage(params string[] command) => Assert.Equal(2, (await CliRun.Of(command)).ExitCode);

    private string Candidates()
    {
        var path = Path.Combine(_folder.FullName, "candidates.json");
        File.WriteAllText(path, """
            [{"layer": 3, "sam_score": 0.5, "iou": 30}, {"layer": 0, "sam_score": 1, "iou": 10},
             {"layer": 1, "sam_score": 0.5, "iou": 2.5}, {"layer": 0, "sam_score": 0.5, "iou": 2.5}]
            """);
        return path;
    }
}
