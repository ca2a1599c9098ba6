using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Inference.Cli.Hosting;
using Inference.Cli.Output;
using Inference.Grounding.Importance;

namespace Inference.Cli.Tests.Commands;

/// <summary>The server command, and the commands that ask it.</summary>
public sealed class ServerCommandTests : IAsyncLifetime, IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly string _prior = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
    private readonly CancellationTokenSource _stop = new();
    private Task<int> _serving = Task.FromResult(0);
    private readonly TemporaryFolder _folder = new();
    private string _address = "";

    private string ProbePath => _folder.File("probe.safetensors");

    public async Task InitializeAsync()
    {
        Samples.WriteProbe(ProbePath);
        var fingerprint = ModelFacts.Read(NamedModel.Of(Samples.Model)).Fingerprint;
        new ImportanceFile(fingerprint, new LayerPrior([1, 2], [0.25, 0.75], [0, 0], 5)).Save(_prior);
        string[] files = ["--importance", $"mine={_prior}", "--probe", $"direction={ProbePath}"];
        _serving = CommandLine.InvokeAsync(
            ["serve", "--port", "0", "--model", $"scenes={Samples.Model}", "--context", "256", .. files],
            new Terminal(Stream.Null, _output, Stream.Null), _stop.Token);
        for (var i = 0; i < 600 && _output.Length == 0 && !_serving.IsCompleted; i++)
        {
            await Task.Delay(50);
        }

        var line = Regex.Match(Encoding.UTF8.GetString(_output.ToArray()), @"^listening on http://(127\.0\.0\.1:\d+), ready in \d+ ms\n$");
        Assert.True(line.Success);
        _address = line.Groups[1].Value;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        Assert.Equal(0, await _serving.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    public void Dispose()
    {
        File.Delete(_prior);
        _stop.Dispose();
        _output.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_answers_as_the_same_model_in_the_process_does()
    {
        string[] draw = ["--temperature", "2", "--seed", "3", "--logprobs", "2"];
        string[] generate = ["generate", "--image", Samples.Scene, "--prompt", "Describe the image.", .. draw];
        await SameAnswers(generate, "text", "token_ids", "finish_reason", "usage", "seed", "logprobs");
        await SameAnswers([.. generate, "--prune", "2:.5,5:.25", "--positions", "keep"], "text", "token_ids", "usage");
        await SameAnswers([.. generate, "--verify", "--threshold", "0.9"], "text", "claims");
        await SameAnswers([.. generate, "--guard", "claims", "--guard-unit", "clause", "--guard-threshold", "0.9"], "text", "guard");
        await SameAnswers([.. generate, "--best-of", "2"], "text", "usage");
        await SameAnswers(
            ["verify", "--image", Samples.Scene, "--claim", "a ring", "--statement", "It is red.", "--text", "größe: a red star"], "claims",
            "rejected", "usage");
        string[] describe = ["describe", "--image", Samples.Scene, "--region", "69,159,107,197", "--detail"];
        await SameAnswers(describe, "region", "text", "token_ids", "finish_reason");
        await SameAnswers([.. describe, "--seed", "3", "--candidates", "3"], "text", "candidate", "score", "candidates", "usage");
        string[] guard =
        [
            "--seed", "3", "--guard", "claims", "--guard-action", "resample", "--guard-threshold", "0.02", "--guard-temperature", "2",
        ];
        await SameAnswers([.. describe, .. guard], "text", "token_ids", "guard");
        await SameAnswers([.. describe, .. guard, "--candidates", "3"], "text", "guard", "candidates");
        await SameAnswers([.. describe, "--verify"], "text", "claims");
        await SameAnswers([.. describe, .. draw, "--best-of", "2"], "text");
        await SameAnswers(["locate", "--image", Samples.Scene, "--phrase", "the ring"], "boxes", "text", "finish_reason");
    }

    [Fact]
    public async Task A_prior_is_used_by_the_name_it_is_served_under_or_from_a_file()
    {
        string[] generate =
        [
            "generate", "--image", Samples.Scene, "--prompt", "Describe the image.", "--strategy", "pie", "--server", _address,
        ];
        var written = await CliRun.Json([.. generate, "--set", "layers=1,2", "--set", "prior=.25,.75"]);
        foreach (var prior in new[] { "mine", $"@{_prior}" })
        {
            var named = await CliRun.Json([.. generate, "--set", $"prior={prior}"]);
            Assert.Equal(written.GetProperty("token_ids").GetRawText(), named.GetProperty("token_ids").GetRawText());
        }

        var unknown = await CliRun.Of([.. generate, "--set", "prior=yours"]);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("mine", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_asked_for_by_the_name_it_is_served_under()
    {
        string[] question = ["generate", "--server", _address, "--prompt", "How many crosses are there?", "--model"];
        var answer = await CliRun.Json([.. question, "scenes"]);
        Assert.Equal("scenes", answer.GetProperty("model").GetString());

        var run = await CliRun.Of([.. question, "another"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("NotFound", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("generate", "--prompt", "Describe the image.")]
    [InlineData("describe", "--region", "69,159,107,197")]
    public async Task Probes_score_the_same_on_a_server_and_in_the_process(params string[] call)
    {
        string[] question = [.. call, "--image", Samples.Scene, "--seed", "3", "--false-positive-rate", "0.5", "--probe"];
        var here = (await CliRun.Json([.. question, ProbePath])).GetProperty("probes");
        var there = (await CliRun.Json([.. question, "direction", "--server", _address])).GetProperty("probes");
        Assert.True(here.GetProperty("tokens").GetArrayLength() > 1);
        Assert.Equal(
            here.GetRawText().Replace(Samples.ProbeName, "direction", StringComparison.Ordinal), there.GetRawText(),
            StringComparer.Ordinal);

        var run = await CliRun.Of([.. question, ProbePath]);
        Assert.Equal(here.GetProperty("spans").GetArrayLength(), run.Error.Split($"{Samples.ProbeName} flags").Length - 1);
    }

    [Fact]
    public async Task A_probe_of_another_model_is_refused()
    {
        Samples.WriteProbe(ProbePath, new string('0', 64));
        var run = await CliRun.Of("generate", "--prompt", "What?", "--probe", ProbePath);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("probe.safetensors: model: found 0000", run.Error, StringComparison.Ordinal);

        run = await CliRun.Of("generate", "--prompt", "What?", "--false-positive-rate", "0.1");
        Assert.Equal(2, run.ExitCode);
    }

    private async Task SameAnswers(string[] call, params string[] members)
    {
        var here = await CliRun.Json(call);
        var there = await CliRun.Json([.. call, "--server", _address]);
        Assert.All(members, member => Assert.True(JsonNode.DeepEquals(Part(here, member), Part(there, member)), member));
    }

    // What a server has in its cache depends on what it was asked before, and times differ.
    private static JsonNode? Part(JsonElement answer, string member)
    {
        var part = JsonNode.Parse(answer.GetProperty(member).GetRawText());
        (part as JsonObject)?.Remove("cached_tokens");
        (part as JsonObject)?.Remove("ranking_ms");
        return part;
    }
}
