using System.Text.Json;
using Inference.Decoding.Probes;
using Inference.Models.Checkpoints;

namespace Inference.Cli.Tests.Commands;

/// <summary>The whole way on the bundled model: collect, train, evaluate.</summary>
public sealed class ProbeCommandTests : IDisposable
{
    private static readonly string Scenes = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Samples.Scene))!, "annotations.jsonl");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Answers_become_a_probe_that_is_measured()
    {
        var collected = await CliRun.Json(
            "probe", "collect", "--scenes", Scenes, "--limit", "24", "--degrade", "half:3,noise:40", "--layers", "4,8", "--dtype", "bf16",
            "--out", _folder.File("data"));
        Assert.Equal(24, collected.GetProperty("answers").GetInt32());
        var (spans, hallucinated) = (collected.GetProperty("spans").GetInt32(), collected.GetProperty("hallucinated").GetInt32());
        Assert.InRange(hallucinated, 5, spans - 5);

        var trained = await CliRun.Json(
            "probe", "train", "--data", _folder.File("data"), "--out", _folder.File("objects.safetensors"), "--layers", "8",
            "--l2", "1e-1,1e-2", "--calibration", "isotonic", "--loss", "span-max", "--moments");
        Assert.Equal("objects", trained.GetProperty("name").GetString());
        Assert.Equal(2, trained.GetProperty("candidates").GetArrayLength());
        Assert.Equal(8, ProbeFile.Read(_folder.File("objects.safetensors")).Layer);

        var score = await CliRun.Json(
            "probe", "eval", "--data", _folder.File("data"), "--probe", _folder.File("objects.safetensors"), "--resamples", "20");
        Assert.Equal(spans, score.GetProperty("spans").GetInt32());
        var detectors = score.GetProperty("detectors");
        Assert.InRange(Value(detectors, "probe"), 0.7, 1);
        Assert.InRange(Value(detectors, "position"), 0, 1);
        var ahead = detectors.GetProperty("entropy-max").GetProperty("probe_ahead_within_positions");
        Assert.Equal(2, ahead.GetProperty("confidence_95").GetArrayLength());
    }

    [Fact]
    public async Task Answers_that_are_labelled_already_are_fed_as_they_are()
    {
        const string Text = "there are a small green ring and a large red heart";
        File.WriteAllText(_folder.File("spans.jsonl"), JsonSerializer.Serialize(new
        {
            image = Path.GetFileName(Samples.Scene),
            prompt = "Describe the image.",
            text = Text,
            spans = new[] { new { start = 12, end = 28, label = 0 }, new { start = 35, end = 50, label = 1 } },
        }));
        var collected = await CliRun.Json(
            "probe", "collect", "--spans", _folder.File("spans.jsonl"),
            "--images", Path.GetDirectoryName(Samples.Scene)!, "--out", _folder.File("data"));
        Assert.Equal((2, 1), (collected.GetProperty("spans").GetInt32(), collected.GetProperty("hallucinated").GetInt32()));

        using var line = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.File("data"), "answers.jsonl")));
        Assert.Equal(Text, line.RootElement.GetProperty("text").GetString());
        var ends = line.RootElement.GetProperty("ends").EnumerateArray().Select(end => end.GetInt32()).ToArray();
        var heart = line.RootElement.GetProperty("spans")[1];
        var (first, count) = (heart.GetProperty("first_token").GetInt32(), heart.GetProperty("tokens").GetInt32());
        Assert.Equal(" large red heart", Text[ends[first - 1]..ends[first + count - 1]]);
    }

    [Fact]
    public async Task Numbers_of_an_answer_that_was_fed_are_the_bits_of_the_answer_that_was_generated()
    {
        var answer = await CliRun.Json("generate", "--image", Samples.Scene, "--prompt", "Describe the image.", "--logprobs");
        File.WriteAllText(_folder.File("spans.jsonl"), JsonSerializer.Serialize(new
        {
            image = Samples.Scene,
            prompt = "Describe the image.",
            text = answer.GetProperty("text").GetString(),
            spans = Array.Empty<int>(),
        }));
        await CliRun.Json("probe", "collect", "--spans", _folder.File("spans.jsonl"), "--out", _folder.File("data"));

        using var shard = SafetensorsFile.Open(Path.Combine(_folder.File("data"), "shard-00000.safetensors"));
        var generated = answer.GetProperty("logprobs").EnumerateArray().SkipLast(1).ToList();
        Assert.Equal(generated.Select(token => token.GetProperty("id").GetInt64()), shard["tokens"].ToInt64s());
        Assert.Equal(generated.Select(token => token.GetProperty("logprob").GetSingle()), shard["logprobs"].ToSingles());
        Assert.All(shard["entropies"].ToSingles(), entropy => Assert.InRange(entropy, 0, 6));
        Assert.Equal([generated.Count, 192L], shard["hidden.8"].Shape.ToArray());
    }

    [Theory]
    [InlineData("--scenes, --spans: found neither; allowed: one of them")]
    [InlineData("--samples: found 2 without --temperature; allowed: with a temperature above 0", "--scenes", "x", "--samples", "2")]
    [InlineData("--layers: found '4,4'; allowed: different numbers from 0 on, separated by commas", "--scenes", "x", "--layers", "4,4")]
    [InlineData("--degrade: found 'fog'; allowed: noise[:SIGMA], blur[:SIGMA] or half[:TIMES]", "--scenes", "x", "--degrade", "fog")]
    public async Task Wrong_usage_is_named(string message, params string[] args)
    {
        var run = await CliRun.Of(["probe", "collect", "--out", _folder.File("data"), .. args]);
        Assert.Equal((ExitCode.Usage, $"glassbox: {message}\n"), (run.ExitCode, run.Error));
    }

    private static double Value(JsonElement detectors, string name) =>
        detectors.GetProperty(name).GetProperty("auroc").GetProperty("value").GetDouble();
}
