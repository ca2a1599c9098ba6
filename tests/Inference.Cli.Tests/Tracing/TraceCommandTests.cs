using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Cli.Tests.Tracing;

public sealed class TraceCommandTests
{
    [Fact]
    public async Task A_chat_trace_writes_the_conversation_and_ends_at_the_end_token()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("trace");
        string[] question = ["--image", Samples.Scene, "--prompt", "Describe the image."];
        var trace = await CliRun.Json(["trace", .. question, "--out", path]);
        var answer = await CliRun.Json(["generate", .. question]);
        Assert.Equal(answer.GetProperty("text").GetString(), trace.GetProperty("text").GetString());

        using var file = SafetensorsFile.Open(path);
        long[] generated = [.. answer.GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt64())];
        Assert.Equal(generated, file["generated"].ToInt64s());
        Assert.Equal([generated.Length, 640], file["step_scores"].Shape.ToArray());
        Assert.Equal([64, 192], file["image_features"].Shape.ToArray());
        Assert.Equal([76, 192], file["hidden.8"].Shape.ToArray());
    }

    [Fact]
    public async Task Several_images_are_joined_as_the_processor_joins_them()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("trace");
        string[] images = ["--image", Goldens.Image("scene0.png"), "--image", Goldens.Image("photo0.jpg")];
        string[] prompt = ["--raw", "--prompt", "<image> and <image>", "--max-tokens", "2"];
        await CliRun.Json(["trace", "--model", Goldens.Folder(Goldens.ClipLlama), .. images, .. prompt, "--out", path]);
        using var file = SafetensorsFile.Open(path);
        using var expected = SafetensorsFile.Open(Goldens.FileOf(Goldens.ClipLlama, "expected.safetensors"));
        Assert.Equal([2, 3, 56, 56], file["pixel_values"].Shape.ToArray());
        float[] pixels = [.. expected["case0.pixel_values"].ToSingles(), .. expected["case1.pixel_values"].ToSingles()];
        Assert.Equal(pixels, file["pixel_values"].ToSingles());
        Assert.Equal([32, 96], file["image_features"].Shape.ToArray());
    }

    [Fact]
    public async Task Images_with_fewer_tiles_are_filled_with_zeros()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("trace");
        string[] images = ["--image", Samples.Scene, "--image", Goldens.Image("photo0.jpg"), "--image", Goldens.Image("gray0.png")];
        string[] prompt = ["--raw", "--prompt", "<image><image><image>", "--max-tokens", "1"];
        await CliRun.Json(["trace", "--model", Goldens.Folder(Goldens.NextMistral), .. images, .. prompt, "--out", path]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal([3, 5, 3, 56, 56], file["pixel_values"].Shape.ToArray());
        Assert.Equal(file["input_ids"].Shape[0], file["logits"].Shape[0]);
    }

    [Fact]
    public async Task A_prompt_without_images_has_no_image_tensors()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("trace");
        await CliRun.Json("trace", "--model", Goldens.Folder(Goldens.SiglipQwen2), "--raw", "--prompt", "hello", "--out", path);
        using var file = SafetensorsFile.Open(path);
        Assert.DoesNotContain(file.Tensors, tensor => tensor.Name is "pixel_values" or "image_features");
        Assert.Equal(24, file["generated"].Shape[0]);
    }

    [Fact]
    public async Task Drawing_with_a_seed_is_the_same_beside_others()
    {
        using var folder = new TemporaryFolder();
        string[] draw = ["--temperature", "2", "--seed", "5", "--max-tokens", "16"];
        string[] call = ["trace", "--image", Samples.Scene, "--prompt", "Describe the image.", .. draw, "--out"];
        await CliRun.Json([.. call, folder.File("alone")]);
        await CliRun.Json([.. call, folder.File("beside"), "--beside", "6", "--chunk", "11"]);
        Assert.Equal(await File.ReadAllBytesAsync(folder.File("alone")), await File.ReadAllBytesAsync(folder.File("beside")));
    }
}
