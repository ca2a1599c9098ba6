using System.Text;
using Inference.Compute.Cpu;
using Inference.Models.Checkpoints;
using Inference.Models.Gguf;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Tests.Checkpoints;
using Inference.Models.Tokenization;
using Inference.Models.Vision;
using Inference.Testing;

namespace Inference.Models.Tests.Gguf;

/// <summary>A LLaVA that is exported as decoder and mmproj comes back: sizes, tensors, pixels, image features.</summary>
public sealed class MmprojRoundTripTests
{
    public static TheoryData<string> Models { get; } = [.. Goldens.Models];

    [Theory]
    [MemberData(nameof(Models))]
    public void Sizes_and_tensors_come_back(string model)
    {
        using var folder = new TemporaryFolder();
        using var original = Checkpoint.Open(Goldens.Folder(model));
        MmprojFiles.Export(original, folder.Path);
        using var read = Checkpoint.Open(folder.Path);

        var (expected, found) = (original.Config, read.Config);
        Assert.Equal(Path.Combine(folder.Path, MmprojFiles.Decoder), read.Folder);
        Assert.Equal((expected.Family, expected.ModelType), (found.Family, found.ModelType));
        Assert.Equal(expected.Vision! with { Layers = expected.VisionFeatureLayers.Max() }, found.Vision);
        Assert.Equal(expected.VisionFeatureLayers, found.VisionFeatureLayers);
        Assert.Equal(expected.VisionFeatureSelectStrategy, found.VisionFeatureSelectStrategy);
        Assert.Equal(expected.ImageGridPinpoints, found.ImageGridPinpoints);
        Assert.Equal(expected.ImageTokenId, found.ImageTokenId);
        foreach (var name in (string[])["encoder.layers.1.mlp.fc1.bias", "encoder.layers.0.self_attn.q_proj.weight"])
            Assert.Equal(original.Vision(name).ToSingles(), read.Vision(name).ToSingles());
        Assert.Equal(original.Projector("linear_1.weight").ToSingles(), read.Projector("linear_1.weight").ToSingles());
        Assert.Equal(2, read.WeightPaths.Count());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Image_features_come_back_bit_by_bit(string model)
    {
        using var folder = new TemporaryFolder();
        using (var original = Checkpoint.Open(Goldens.Folder(model)))
            MmprojFiles.Export(original, folder.Path);
        foreach (var image in (string[])["scene0.png", "photo0.jpg"])
            Assert.Equal(Features(Goldens.Folder(model), image), Features(folder.Path, image));
    }

    [Fact]
    public void The_decoders_file_stands_alone_beside_its_image_side()
    {
        using var folder = new TemporaryFolder();
        using var original = Checkpoint.Open(Goldens.Folder(Goldens.ClipLlama));
        MmprojFiles.Export(original, folder.Path);
        using var alone = Checkpoint.Open(Path.Combine(folder.Path, MmprojFiles.Decoder));
        Assert.Equal((ModelFamily.TextOnly, null), (alone.Config.Family, alone.Mmproj));
        using var both = Checkpoint.Open(folder.Path);
        Assert.NotEqual(alone.Fingerprint, both.Fingerprint);
    }

    [Fact]
    public void An_image_goes_into_a_prompt_whose_vocabulary_has_no_token_for_it()
    {
        const int Behind = 1 << 20;
        const string Text = "USER: <image>\nWhat is it? ASSISTANT:";
        using var checkpoint = Checkpoint.Open(Goldens.Folder(Goldens.ClipLlama));
        var json = File.ReadAllText(Goldens.FileOf(Goldens.ClipLlama, "tokenizer.json"));
        var own = checkpoint.Config.ImageTokenId;
        var expected = new PromptEncoder(Tokenizer.Load(Goldens.Folder(Goldens.ClipLlama)), own).EncodeRaw(Text, [3]);
        var other = Encoding.UTF8.GetBytes(json.Replace("<image>", "<other>", StringComparison.Ordinal));
        var tokenizer = Tokenizer.Parse(other, "tokenizer.json");
        var found = new PromptEncoder(tokenizer, Behind).EncodeRaw(Text, [3]);
        Assert.Equal(expected.Images, found.Images);
        Assert.Equal(expected.InputIds.ToArray().Select(id => id == own ? Behind : id), found.InputIds.ToArray());

        var user = new PromptEncoder(tokenizer, Behind).Encode(ChatFormats.Vicuna, [Message.UserWithImage("Is <image> an image?")], [3]);
        Assert.Equal(3, user.InputIds.ToArray().Count(id => id == Behind));
    }

    private static float[] Features(string model, string image)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var loaded = VisionLanguageModel.Load(model, backend, contextLength: 64);
        var pixels = ImageDecoder.Decode(File.ReadAllBytes(Goldens.Image(image)));
        using var features = loaded.Vision!.Encode(loaded.Processor!.Process(pixels), loaded.Processor.Plan(pixels.Width, pixels.Height));
        var values = new float[features.Rows.Rows * features.Rows.Columns];
        backend.Download<float>(features.Rows.Buffer, features.Rows.Offset, values);
        return values;
    }
}
