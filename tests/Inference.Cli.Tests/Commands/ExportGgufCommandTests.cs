using Inference.Cli.Hosting;

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
    public async Task A_decoder_and_its_image_side_compute_the_bits_of_the_folder()
    {
        using var folder = new TemporaryFolder();
        var pair = Directory.CreateDirectory(folder.File("pair")).FullName;
        var (decoder, side) = (Path.Combine(pair, "demo.gguf"), Path.Combine(pair, "mmproj-demo.gguf"));
        var written = await CliRun.Json("export", "gguf", "--model", Samples.Model, "--out", decoder, "--mmproj", side);
        Assert.Equal(new FileInfo(side).Length, written.GetProperty("mmproj").GetProperty("bytes").GetInt64());
        Assert.Equal("clip", written.GetProperty("mmproj").GetProperty("architecture").GetString());

        var expected = await TraceImage(folder.File("folder.safetensors"), "--model", Samples.Model);
        Assert.Equal(expected, await TraceImage(folder.File("pair.safetensors"), "--model", pair));
        Assert.Equal(expected, await TraceImage(folder.File("files.safetensors"), "--model", decoder, "--mmproj", side));
    }

    [Fact]
    public async Task A_decoder_and_its_image_side_can_be_asked_about_images()
    {
        using var folder = new TemporaryFolder();
        var (decoder, side) = (folder.File("demo.gguf"), folder.File("mmproj-demo.gguf"));
        await CliRun.Json("export", "gguf", "--model", Samples.Model, "--out", decoder, "--mmproj", side);
        File.Copy(Path.Combine(Samples.Model, "glassbox.json"), folder.File("glassbox.json"));

        var info = await CliRun.Json("info", "--model", decoder, "--mmproj", side);
        Assert.Equal(("Llava", 64), (info.GetProperty("family").GetString(), info.GetProperty("image_tokens").GetInt32()));
        string[] describe = ["describe", "--image", Samples.Scene, "--region", "69,159,107,197", "--detail"];
        var expected = await CliRun.Json([.. describe, "--model", Samples.Model]);
        var found = await CliRun.Json([.. describe, "--model", decoder, "--mmproj", side]);
        Assert.Equal(expected.GetProperty("token_ids").GetRawText(), found.GetProperty("token_ids").GetRawText());

        var alone = await CliRun.Of([.. describe, "--model", decoder]);
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("text model", alone.Error, StringComparison.Ordinal);
        var swapped = await CliRun.Of("info", "--model", side, "--mmproj", decoder);
        Assert.Equal(1, swapped.ExitCode);
        Assert.Contains("image side (mmproj)", swapped.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await CliRun.Of("info", "--model", Samples.Model, "--mmproj", side)).ExitCode);
    }

    [Fact]
    public void Image_sides_of_several_models_are_told_apart_by_name()
    {
        NamedModel[] one = [new("a", "a.gguf")], two = [.. one, new("b", "b.gguf")];
        Assert.Equal("side.gguf", NamedModel.WithMmprojs(one, ["side.gguf"])[0].Mmproj);
        Assert.Equal([null, "side.gguf"], NamedModel.WithMmprojs(two, ["b=side.gguf"]).Select(model => model.Mmproj));
        foreach (var wrong in (string[][])[["side.gguf"], ["c=side.gguf"], ["a=1.gguf", "a=2.gguf"]])
        {
            var refused = Assert.Throws<UsageException>(() => NamedModel.WithMmprojs(two, wrong));
            Assert.Contains("NAME one of a, b", refused.Message, StringComparison.Ordinal);
        }
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
        Assert.Equal(2, (await CliRun.Of("export", "gguf", "--random", Shape, "--mmproj", file, "--out", file)).ExitCode);
        var run = await CliRun.Of(
            "export", "gguf", "--random", "llama:hidden=48,layers=1,heads=4,kv=2,ffn=96,vocab=160", "--weights", "int4", "--out", file);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no whole blocks of Q8_0", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    private static Task<byte[]> Trace(string path, params string[] model) => Trace(path, "USER: Locate the red square. ASSISTANT:", model);

    private static Task<byte[]> TraceImage(string path, params string[] model) =>
        Trace(path, "USER: <image>\nDescribe the image. ASSISTANT:", [.. model, "--image", Samples.Scene]);

    private static async Task<byte[]> Trace(string path, string prompt, string[] model)
    {
        var run = await CliRun.Of(["trace", .. model, "--prompt", prompt, "--raw", "--max-tokens", "6", "--out", path]);
        Assert.True(run.ExitCode == 0, run.Error);
        return await File.ReadAllBytesAsync(path);
    }
}
