using Inference.Models.Checkpoints;
using Inference.Models.Gguf;
using Inference.Models.Tests.Checkpoints;
using Inference.Models.Tokenization;
using Inference.Testing;

namespace Inference.Models.Tests.Gguf;

/// <summary>What is exported comes back: sizes, tensors, tokenizer.</summary>
public sealed class GgufRoundTripTests
{
    private static readonly string[] Texts =
    [
        "USER: What is on the sofa? ASSISTANT:", "  two  blanks, 123 numbers; déjà vu — 漢字 🦙", "it's\na\n\nnewline\t.", "", "▁",
        "<s>[INST] <image> </s>",
    ];

    [Theory]
    [InlineData(Goldens.ClipLlama)]
    [InlineData(Goldens.SiglipQwen2)]
    [InlineData(Goldens.NextMistral)]
    public void Exported_decoders_come_back(string model)
    {
        using var folder = new TemporaryFolder();
        using var original = Checkpoint.Open(Goldens.Folder(model));
        var path = Path.Combine(folder.Path, "model.gguf");
        GgufExporter.Export(original, weights: null, path);
        using var read = Checkpoint.Open(path);

        var (expected, found) = (original.Config.Text, read.Config.Text);
        AllTensors.Require(read);
        Assert.Empty(read.UnusedTensors());
        Assert.Equal(
            (
                expected.VocabSize, expected.HiddenSize, expected.IntermediateSize, expected.Layers, expected.Heads, expected.KvHeads,
                expected.HeadDim),
            (found.VocabSize, found.HiddenSize, found.IntermediateSize, found.Layers, found.Heads, found.KvHeads, found.HeadDim));
        Assert.Equal(
            (expected.RmsNormEps, (float)expected.Rope.Theta, expected.QkvBias, expected.OutputBias, expected.MlpBias),
            (found.RmsNormEps, (float)found.Rope.Theta, found.QkvBias, found.OutputBias, found.MlpBias));
        Assert.Contains(original.EosTokenIds[0], read.EosTokenIds);
        if (expected.QkvBias)
            Assert.Equal(
                original.Text("layers.0.self_attn.q_proj.bias").ToSingles(), read.Text("layers.0.self_attn.q_proj.bias").ToSingles());
    }

    [Theory]
    [InlineData(Goldens.ClipLlama)]
    [InlineData(Goldens.SiglipQwen2)]
    [InlineData(Goldens.NextMistral)]
    public void Exported_tokenizers_give_the_same_ids_and_texts(string model)
    {
        using var folder = new TemporaryFolder();
        using var original = Checkpoint.Open(Goldens.Folder(model));
        var path = Path.Combine(folder.Path, "model.gguf");
        GgufExporter.Export(original, weights: null, path);

        var (expected, found) = (Tokenizer.Load(Goldens.Folder(model)), Tokenizer.Load(path));
        foreach (var text in Texts)
        {
            var ids = expected.Encode(text, addSpecialTokens: true);
            Assert.Equal(ids, found.Encode(text, addSpecialTokens: true));
            Assert.Equal(expected.Decode(ids, skipSpecialTokens: true), found.Decode(ids, skipSpecialTokens: true));
            Assert.Equal(expected.EncodeOrdinary(text), found.EncodeOrdinary(text));
        }
    }
}
