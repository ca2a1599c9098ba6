using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Models.Checkpoints;
using Inference.Models.Gguf;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Tests.Checkpoints;

namespace Inference.Models.Tests.Gguf;

/// <summary>Image sides as other programs write them, in older and newer forms.</summary>
public sealed class MmprojImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _decoder;
    private readonly ModelConfig _text;

    public MmprojImportTests()
    {
        _decoder = SmallGguf.Write(_folder.Path);
        using var checkpoint = Checkpoint.Open(_decoder);
        _text = checkpoint.Config;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_files_say_little_and_are_read_as_what_they_hold()
    {
        new SmallMmproj(_text).Write(_folder.Path);
        using var read = Checkpoint.Open(_folder.Path);
        // The converter has left the last block out: what remains runs to its end.
        Assert.Equal([SmallMmproj.Blocks], read.Config.VisionFeatureLayers);
        Assert.Equal(ModelFamily.Llava, read.Config.Family);
        Assert.Equal(VisionFeatureSelectStrategy.Default, read.Config.VisionFeatureSelectStrategy);
        Assert.Equal(SmallGguf.Shape.Vocabulary, read.Config.ImageTokenId);
        Assert.Empty(read.Config.ImageGridPinpoints);
        var preset = MmprojImageProcessor.Read(read.Mmproj!).Preset;
        Assert.StartsWith("Llava;pad=0.4814", preset, StringComparison.Ordinal);
        Assert.Contains("crop=4x4", preset, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_matrices_of_the_feed_forward_are_told_by_their_shapes(bool isDownFirst)
    {
        var file = new SmallMmproj(_text, isDownFirst: isDownFirst);
        file.Write(_folder.Path);
        using var read = Checkpoint.Open(_folder.Path);
        var (first, second) = isDownFirst ? ("ffn_down", "ffn_up") : ("ffn_up", "ffn_down");
        Assert.Equal(file.ValueOf($"v.blk.1.{first}.weight"), read.Vision("encoder.layers.1.mlp.fc1.weight", 64, 32).ToSingles()[0]);
        Assert.Equal(file.ValueOf($"v.blk.1.{first}.bias"), read.Vision("encoder.layers.1.mlp.fc1.bias", 64).ToSingles()[0]);
        Assert.Equal(file.ValueOf($"v.blk.1.{second}.weight"), read.Vision("encoder.layers.1.mlp.fc2.weight", 32, 64).ToSingles()[0]);
    }

    [Theory]
    [InlineData(MmprojTensors.Newline)]
    [InlineData(MmprojTensors.NewerNewline)]
    public void Llava_next_brings_resolutions_and_a_newline(string newline)
    {
        var file = new SmallMmproj(_text, ModelFamily.LlavaNext);
        file.Tensors.Remove(MmprojTensors.Newline, out var shape);
        file.Tensors.Add(newline, shape!);
        file.Keys[MmprojKeys.Projector] = MmprojKeys.Mlp;
        file.Write(_folder.Path);
        using var read = Checkpoint.Open(_folder.Path);
        Assert.Equal(ModelFamily.LlavaNext, read.Config.Family);
        Assert.Equal([new GridPinpoint(Height: 4, Width: 8), new GridPinpoint(Height: 8, Width: 4)], read.Config.ImageGridPinpoints);
        Assert.Equal(file.ValueOf(newline), read.ImageNewline().ToSingles()[0]);
        var processor = MmprojImageProcessor.Read(read.Mmproj!);
        Assert.Equal((1, 2), processor.Plan(8, 4).Grid);
        Assert.Contains("pinpoints=4x8,8x4", processor.Preset, StringComparison.Ordinal);
    }

    [Fact]
    public void Matrices_may_be_quantised()
    {
        var file = new SmallMmproj(_text);
        var plain = Features(file.Write(_folder.Path));
        var quantized = Features(file.Write(_folder.Path, quantized: true));
        Assert.Equal(4 * SmallGguf.Shape.Width, plain.Length);
        for (var i = 0; i < plain.Length; i++)
            Assert.InRange(quantized[i] / plain[i], 0.98, 1.02);
    }

    [Fact]
    public void The_layers_that_the_projector_reads_can_be_named()
    {
        var file = new SmallMmproj(_text);
        file.Keys[MmprojKeys.FeatureLayers] = new[] { 0, 1 };
        file.Tensors["mm.0.weight"] = [SmallGguf.Shape.Width, 2 * SmallMmproj.Width];
        file.Write(_folder.Path);
        using var read = Checkpoint.Open(_folder.Path);
        Assert.Equal([0, 1], read.Config.VisionFeatureLayers);
    }

    [Theory]
    [InlineData(true, true, Activation.Gelu)]
    [InlineData(true, false, Activation.QuickGelu)]
    [InlineData(false, true, Activation.GeluTanh)]
    [InlineData(false, false, Activation.QuickGelu)]
    public void A_tower_without_a_class_token_is_siglip(bool hasClassToken, bool usesGelu, Activation activation)
    {
        var file = new SmallMmproj(_text);
        file.Keys[MmprojKeys.UseGelu] = usesGelu;
        if (!hasClassToken)
        {
            foreach (var name in (string[])[MmprojTensors.ClassEmbedding, "v.pre_ln.weight", "v.pre_ln.bias"])
                file.Tensors.Remove(name);
            file.Tensors["v.patch_embd.bias"] = [SmallMmproj.Width];
            file.Tensors["v.position_embd.weight"] = [4, SmallMmproj.Width];
        }

        file.Write(_folder.Path);
        using var read = Checkpoint.Open(_folder.Path);
        Assert.Equal(hasClassToken ? VisionModelType.Clip : VisionModelType.Siglip, read.Config.Vision!.ModelType);
        var rows = hasClassToken ? VisionFeatureSelectStrategy.Default : VisionFeatureSelectStrategy.Full;
        Assert.Equal(rows, read.Config.VisionFeatureSelectStrategy);
        Assert.Equal(activation, read.Config.Vision.HiddenAct);
    }

    [Fact]
    public void Without_a_template_llava_is_asked_as_vicuna_and_llava_next_only_where_it_may_be_one()
    {
        Assert.Equal("vicuna", Resolve(_decoder, ModelFamily.Llava).Name);
        var refused = Assert.Throws<PromptException>(() => Resolve(_decoder, ModelFamily.LlavaNext));
        Assert.Contains("no chat template", refused.Message, StringComparison.Ordinal);
        var config = _text with { Family = ModelFamily.LlavaNext, Text = _text.Text with { KvHeads = _text.Text.Heads } };
        Assert.Equal("vicuna", ChatFormatResolver.Resolve(_decoder, ModelProfiles.Load(_decoder), config).Name);
    }

    [Fact]
    public void A_template_for_text_takes_the_image_before_the_question()
    {
        const string Template =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";
        var path = Path.Combine(_folder.Path, "chat.gguf");
        using (var writer = new GgufWriter(path))
        {
            writer.Metadata.Add("tokenizer.chat_template", Template);
            writer.Complete();
        }

        var format = Resolve(path, ModelFamily.Llava);
        var prompt = ChatRenderer.Join(ChatRenderer.Render(format, [Message.UserWithImage("What is it?")], 1));
        Assert.Equal("<|im_start|>user\n<image>\nWhat is it?<|im_end|>\n<|im_start|>assistant\n", prompt);
        Assert.False(Resolve(path, ModelFamily.TextOnly).TakesImages);
    }

    private float[] Features(string mmproj)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var model = VisionLanguageModel.Load(_decoder, backend, contextLength: 16, mmproj: mmproj);
        var pixels = new RgbImage(2, 3, [.. Enumerable.Range(0, 18).Select(i => (byte)(14 * i))]);
        using var features = model.Vision!.Encode(model.Processor!.Process(pixels), model.Processor.Plan(pixels.Width, pixels.Height));
        var values = new float[features.Rows.Rows * features.Rows.Columns];
        backend.Download<float>(features.Rows.Buffer, features.Rows.Offset, values);
        return values;
    }

    private ChatFormat Resolve(string path, ModelFamily family) =>
        ChatFormatResolver.Resolve(path, ModelProfiles.Load(path), _text with { Family = family });
}
