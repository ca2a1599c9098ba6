using Inference.Cli.Benchmarks;

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

    [Fact]
    public void A_shape_is_read_with_its_head_width()
    {
        var shape = RandomShape.Parse($"{Shape},headdim=24", out var error);
        Assert.Null(error);
        Assert.Equal(
            (64, 4, 2, 24, 96, 320), (shape!.Width, shape.Heads, shape.KvHeads, shape.HeadDim, shape.Intermediate, shape.Vocabulary));
    }
}
