namespace Inference.Cli.Tests.Commands;

public sealed class ExportGgufCommandTests
{
    private const string Shape = "llama:hidden=64,layers=2,heads=4,kv=2,ffn=128,vocab=160";

    [Theory]
    [InlineData("f32")]
    [InlineData("bf16")]
    [InlineData("f16")]
    [InlineData("int8")]
    [InlineData("int4")]
    public async Task An_exported_decoder_computes_the_bits_of_the_folder(string weights)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("demo.gguf");
        var written = await CliRun.Json("export", "gguf", "--model", Samples.Model, "--weights", weights, "--out", file);
        Assert.Equal(new FileInfo(file).Length, written.GetProperty("bytes").GetInt64());

        var expected = await Trace(folder.File("folder.safetensors"), "--model", Samples.Model, "--weights", weights);
        Assert.Equal(expected, await Trace(folder.File("gguf.safetensors"), "--model", file));
    }

    [Fact]
    public async Task A_file_can_be_asked_like_a_folder()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("demo.gguf");
        await CliRun.Json("export", "gguf", "--model", Samples.Model, "--out", file);

        var info = await CliRun.Json("info", "--model", file);
        Assert.Equal("vicuna-v1", info.GetProperty("chat_format").GetString());
        Assert.Equal("BF16", info.GetProperty("weight_format").GetString());
        var answer = await CliRun.Json("generate", "--model", file, "--prompt", "Locate the red square.", "--max-tokens", "4");
        Assert.Equal(4, answer.GetProperty("token_ids").GetArrayLength());
    }

    [Fact]
    public async Task Random_weights_are_written_and_measured()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("random.gguf");
        await CliRun.Json("export", "gguf", "--random", Shape, "--weights", "int8", "--context", "128", "--out", file);
        var bench = await CliRun.Json("bench", "--model", file, "--prompt-tokens", "8", "--decode-tokens", "4");
        Assert.True(bench.GetProperty("decode_tokens_per_second").GetDouble() > 0);
    }

    [Fact]
    public async Task Wrong_usage_and_shapes_without_whole_blocks_are_told()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("out.gguf");
        Assert.Equal(2, (await CliRun.Of("export", "gguf", "--model", Samples.Model)).ExitCode);
        Assert.Equal(2, (await CliRun.Of("export", "gguf", "--random", "bert:hidden=1", "--out", file)).ExitCode);
        var run = await CliRun.Of(
            "export", "gguf", "--random", "llama:hidden=48,layers=1,heads=4,kv=2,ffn=96,vocab=160", "--weights", "int4", "--out", file);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no whole blocks of Q8_0", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    private static async Task<byte[]> Trace(string path, params string[] model)
    {
        var run = await CliRun.Of(["trace", .. model, "--prompt", "USER: Locate the red square. ASSISTANT:", "--raw", "--max-tokens", "6", "--out", path]);
        Assert.True(run.ExitCode == 0, run.Error);
        return await File.ReadAllBytesAsync(path);
    }
}
