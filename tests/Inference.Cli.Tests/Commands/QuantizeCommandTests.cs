using System.Text.Json;
using Inference.Models.Checkpoints;

namespace Inference.Cli.Tests.Commands;

public sealed class QuantizeCommandTests
{
    private static readonly string Scenes = Path.GetDirectoryName(Path.GetDirectoryName(Samples.Scene))!;

    [Theory]
    [InlineData("int8", "int8")]
    [InlineData("int4", "int4")]
    [InlineData("int4-asymmetric", "int4", "--asymmetric")]
    public async Task A_folder_rounded_ahead_computes_the_bits_of_one_rounded_while_it_loads(string atLoad, params string[] ahead)
    {
        using var folder = new TemporaryFolder();
        var target = folder.File("small");
        var written = await CliRun.Json(["quantize", "--out", target, "--weights", .. ahead]);
        Assert.Equal(1, written.GetProperty("weight_files").GetInt32());
        Assert.InRange(written.GetProperty("bits_per_weight").GetDouble(), 4.5, 8.5);
        var expected = await Trace(folder.File("load.safetensors"), "--model", Samples.Model, "--weights", atLoad);
        Assert.Equal(expected, await Trace(folder.File("ahead.safetensors"), "--model", target));
        Assert.Equal(atLoad, (await CliRun.Json("info", "--model", target)).GetProperty("weight_format").GetString());
        Assert.Equal(1, (await CliRun.Json(["quantize", "--out", target, "--weights", .. ahead])).GetProperty("reused_files").GetInt32());
    }

    [Fact]
    public async Task Bits_follow_the_distribution_of_weights_or_an_importance_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("lim.json");
        var lim = await CliRun.Json("importance", "layers", "--data", Scenes, "--limit", "3", "--out", file);
        var scores = Numbers(lim.GetProperty("scores"));
        Assert.Equal((8, 3), (scores.Length, lim.GetProperty("samples").GetInt32()));
        Assert.All(scores, score => Assert.InRange(score, -1, 1));

        var byLim = await Layers("--out", folder.File("lim"), "--bits", "auto:avg=5", "--importance", file);
        var first = scores.Order().Reverse().Take(2).ToArray();
        Assert.Equal(scores.Select(score => first.Contains(score) ? "int8" : "int4"), byLim);

        var byWeights = await Layers("--out", folder.File("zd"), "--bits", "auto:avg=6", "--asymmetric");
        Assert.Equal(4, byWeights.Count(weights => weights == "int8"));
        Assert.Equal(4, byWeights.Count(weights => weights == "int4-asymmetric"));
        var answer = await CliRun.Json("generate", "--model", folder.File("zd"), "--prompt", "Locate the red square.", "--max-tokens", "4");
        Assert.Equal(4, answer.GetProperty("token_ids").GetArrayLength());
    }

    [Fact]
    public async Task Importance_is_that_of_the_definition_whatever_the_threads()
    {
        const string Question = "Locate the red square.";
        using var folder = new TemporaryFolder();
        File.Copy(Samples.Scene, folder.File("scene.png"));
        await File.WriteAllTextAsync(folder.File("data.jsonl"), $$"""{"image": "scene.png", "prompt": "{{Question}}"}""");
        string[] command = ["importance", "layers", "--data", folder.File("data.jsonl")];
        var found = await CliRun.Json([.. command, "--threads", "1"]);
        Assert.Equal(found.GetRawText(), (await CliRun.Json([.. command, "--threads", "3"])).GetRawText());

        await CliRun.Json(
            "trace", "--image", Samples.Scene, "--prompt", Question, "--max-tokens", "1", "--out", folder.File("trace.safetensors"));
        using var trace = SafetensorsFile.Open(folder.File("trace.safetensors"));
        var (scores, rows) = (Numbers(found.GetProperty("scores")), (int)trace["hidden.0"].Shape[0]);
        Assert.Equal(rows, found.GetProperty("rows").GetInt32());
        // The last hidden state of a trace is after the final norm: it says nothing of the last block.
        for (var layer = 0; layer < scores.Length - 1; layer++)
        {
            var (input, output) = (trace[$"hidden.{layer}"].ToSingles().Chunk(192), trace[$"hidden.{layer + 1}"].ToSingles().Chunk(192));
            Assert.Equal(-input.Zip(output, Cosine).Average(), scores[layer], 1e-5);
        }

        static double Cosine(float[] a, float[] b) =>
            a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
    }

    [Fact]
    public async Task Importance_takes_prompts_without_an_image()
    {
        const string Question = "What is a square?";
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("data.jsonl"), $$"""{"prompt": "{{Question}}"}""");
        var found = await CliRun.Json("importance", "layers", "--data", folder.File("data.jsonl"));
        var answer = await CliRun.Json("generate", "--prompt", Question, "--max-tokens", "1");
        Assert.Equal(answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), found.GetProperty("rows").GetInt32());
    }

    [Theory]
    [InlineData("""{"text": "nothing to feed"}""")]
    [InlineData("""{"image": "../elsewhere.png"}""")]
    [InlineData("")]
    public async Task Lists_without_prompts_are_refused(string line)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("data.jsonl"), line);
        var run = await CliRun.Of("importance", "layers", "--data", folder.File("data.jsonl"), "--out", folder.File("lim.json"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("data.jsonl", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("lim.json")));
    }

    [Theory]
    [InlineData("--weights", "int8", "--bits", "auto:avg=5")]
    [InlineData("--weights", "int8", "--asymmetric")]
    [InlineData("--weights", "int5")]
    [InlineData("--bits", "auto:avg=9")]
    [InlineData("--bits", "5")]
    [InlineData("--bits", "5", "--importance", "lim.json")]
    [InlineData("--importance", "lim.json")]
    public async Task Wrong_usage_is_told(params string[] args)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(2, (await CliRun.Of(["quantize", "--out", folder.File("out"), .. args])).ExitCode);
        Assert.False(Directory.Exists(folder.File("out")));
    }

    private static async Task<string[]> Layers(params string[] args)
    {
        var written = await CliRun.Json(["quantize", .. args]);
        return [.. written.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("weights").GetString()!)];
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    private static async Task<byte[]> Trace(string file, params string[] model)
    {
        var run = await CliRun.Of(["trace", .. model, "--prompt", "Describe the image.", "--max-tokens", "6", "--out", file]);
        Assert.True(run.ExitCode == 0, run.Error);
        return await File.ReadAllBytesAsync(file);
    }
}
