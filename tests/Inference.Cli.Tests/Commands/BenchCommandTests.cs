using Inference.Cli.Benchmarks;
using Inference.Decoding.Layers;

namespace Inference.Cli.Tests.Commands;

public sealed class BenchCommandTests
{
    private const string Shape = "llama:hidden=64,layers=2,heads=4,kv=2,ffn=96,vocab=320";

    [Theory]
    [InlineData("f32")]
    [InlineData("bf16")]
    [InlineData("f16")]
    public async Task Random_weights_are_measured_in_every_format(string format)
    {
        var result = await CliRun.Json(
            "bench", "--random", Shape, "--format", format, "--prompt-tokens", "20", "--decode-tokens", "4", "--threads", "1");
        Assert.All(
            ["prefill_tokens_per_second", "decode_tokens_per_second", "batch_decode_tokens_per_second", "bandwidth_share", "compute_share"],
            name => Assert.True(result.GetProperty(name).GetDouble() > 0, name));
        Assert.False(result.TryGetProperty("image_encode_ms", out _));
    }

    [Fact]
    public async Task A_folder_is_measured_with_its_image_encoder()
    {
        var result = await CliRun.Json("bench", "--model", Samples.Model, "--prompt-tokens", "8", "--decode-tokens", "4");
        Assert.True(result.GetProperty("image_encode_ms").GetDouble() > 0);
        var tooLong = await CliRun.Of("bench", "--model", Samples.Model, "--prompt-tokens", "2000");
        Assert.Equal(1, tooLong.ExitCode);
        Assert.Contains("positions", tooLong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Methods_are_compared_with_greedy_decoding_in_turns()
    {
        var result = await CliRun.Json(
            "bench", "--random", Shape.Replace("layers=2", "layers=8", StringComparison.Ordinal), "--methods",
            "--image-rows", "32", "--text-tokens", "6", "--decode-tokens", "3", "--rounds", "2", "--threads", "1");
        var methods = result.GetProperty("methods").EnumerateArray().ToDictionary(method => method.GetProperty("name").GetString()!);
        Assert.Equal([.. StrategyRegistry.All.Select(strategy => strategy.Name), "probes", "pyramid"], methods.Keys);
        Assert.All(methods.Values, method =>
        {
            Assert.Equal(2, method.GetProperty("token_rounds").GetArrayLength());
            Assert.True(method.GetProperty("prefill").GetDouble() > 0);
        });
        Assert.Equal(1, methods["deco"].GetProperty("image_kv").GetDouble());
        // Two blocks each with all rows, a half, a quarter and an eighth of them.
        Assert.Equal(0.4688, methods["pyramid"].GetProperty("image_kv").GetDouble());
        Assert.Equal("2:0.5,4:0.25,6:0.125", methods["pyramid"].GetProperty("settings").GetString());
    }

    [Fact]
    public async Task Only_the_named_methods_are_compared()
    {
        var result = await CliRun.Json(
            "bench", "--random", Shape, "--methods", "--only", "probes", "--only", "deco",
            "--image-rows", "8", "--text-tokens", "6", "--decode-tokens", "20", "--rounds", "1", "--threads", "1");
        Assert.Equal(
            ["deco", "probes"], result.GetProperty("methods").EnumerateArray().Select(method => method.GetProperty("name").GetString()));
        Assert.All(result.GetProperty("methods").EnumerateArray(), method => Assert.True(method.GetProperty("token").GetDouble() > 0));
        var unknown = await CliRun.Of("bench", "--random", Shape, "--methods", "--only", "luck");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("pyramid", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Candidates_are_compared_with_one_description()
    {
        var result = await CliRun.Json(
            "bench", "--random", Shape, "--candidates", "3", "--image-rows", "32", "--text-tokens", "6", "--decode-tokens", "3", "--rounds",
            "2", "--threads", "1");
        Assert.Equal(3, result.GetProperty("candidates").GetInt32());
        Assert.Equal(2, result.GetProperty("ratio_rounds").GetArrayLength());
        Assert.True(result.GetProperty("ratio").GetDouble() > 0);
    }

    [Theory]
    [InlineData("llama:hidden=64,layers=2,heads=4,kv=2,ffn=96", "vocab= is missing")]
    [InlineData("llama:hidden=64,layers=2,heads=4,kv=3,ffn=96,vocab=9", "kv=3 must divide heads=4")]
    [InlineData("llama:hidden=66,layers=2,heads=4,kv=2,ffn=96,vocab=9", "heads=4 must divide hidden=66")]
    [InlineData("llama:hidden=4,layers=2,heads=4,kv=2,ffn=96,vocab=9", "a head is 1 wide")]
    [InlineData("llama:hidden=64,hidden=64", "once each")]
    [InlineData("llama:hidden=0", "whole number")]
    [InlineData("mamba:hidden=1", "allowed: llama:")]
    public void A_shape_that_cannot_be_is_explained(string text, string reason)
    {
        Assert.Null(RandomShape.Parse(text, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--model")]
    [InlineData("--mmproj")]
    public async Task A_shape_beside_files_is_refused(string option)
    {
        var run = await CliRun.Of("bench", "--random", Shape, option, "file.gguf");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--random: cannot be used with {option}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_is_read_with_its_head_width()
    {
        var shape = RandomShape.Parse($"{Shape},headdim=24", out var error);
        Assert.Null(error);
        Assert.Equal(
            (64, 4, 2, 24, 96, 320), (shape!.Width, shape.Heads, shape.KvHeads, shape.HeadDim, shape.Intermediate, shape.Vocabulary));
    }
}
