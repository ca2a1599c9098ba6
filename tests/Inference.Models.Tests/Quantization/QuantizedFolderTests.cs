using System.Runtime.InteropServices;
using System.Text.Json;
using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Quantization;
using Inference.Models.Tests.Checkpoints;
using Inference.Models.Tests.Golden;
using Inference.Testing;

namespace Inference.Models.Tests.Quantization;

/// <summary>Folders whose weights were rounded ahead.</summary>
public sealed class QuantizedFolderTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(5, 40)];

    public static TheoryData<string, NumberFormat> ModelsAndFormats
    {
        get
        {
            var data = new TheoryData<string, NumberFormat>();
            foreach (var model in Goldens.Models)
            {
                foreach (var format in (NumberFormat[])[NumberFormat.Int8, NumberFormat.Int4, NumberFormat.Int4Asymmetric])
                    data.Add(model, format);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ModelsAndFormats))]
    public void A_folder_rounded_ahead_gives_the_bits_of_one_rounded_while_it_loads(string model, NumberFormat format)
    {
        using var folder = new TemporaryFolder();
        var target = Quantize(folder, model, checkpoint => QuantizationPlan.Uniform(checkpoint.Config.Text.Layers, format));
        using var loaded = new GoldenRun(model, weights: format);
        using var stored = new GoldenRun(target);
        Assert.Equal(format, stored.Decoder.WeightsFormat);
        Assert.Equal(loaded.Decoder.WeightBytes, stored.Decoder.WeightBytes);
        AssertSameBits(loaded.Feed(Tokens), stored.Feed(Tokens));
    }

    [Fact]
    public void Blocks_may_differ_and_another_format_may_be_asked_for()
    {
        using var folder = new TemporaryFolder();
        var target = Quantize(folder, Goldens.LlamaDeep, checkpoint => QuantizationPlan.ByImportance(
            [.. Enumerable.Range(0, checkpoint.Config.Text.Layers).Select(layer => layer % 2.0)], 6, NumberFormat.Int4Asymmetric));
        using var whole = new GoldenRun(target, threads: 2);
        using var pieces = new GoldenRun(target, threads: 1);
        using var wide = new GoldenRun(target, weights: NumberFormat.F32);
        using var original = new GoldenRun(Goldens.LlamaDeep);
        Assert.Null(whole.Decoder.WeightsFormat);
        var together = whole.Feed(Tokens);
        AssertSameBits(together, [.. pieces.Feed(Tokens.AsSpan(0, 13)), .. Tokens.Skip(13).SelectMany(token => pieces.Feed([token]))]);
        wide.Feed(Tokens);
        original.Feed(Tokens);
        // Block 0 has four bits; its rounded weights in float32 are still those weights, but inputs are not rounded.
        var difference = whole.Hidden[1].Zip(wide.Hidden[1], (a, b) => MathF.Abs(a - b)).Max();
        Assert.InRange(difference, 0, 0.03f * original.Hidden[1].Max(MathF.Abs));
        Assert.Equal(NumberFormat.F32, wide.Decoder.WeightsFormat);
    }

    [Fact]
    public void Other_files_come_along_and_configuration_says_what_was_done()
    {
        using var folder = new TemporaryFolder();
        var target = Quantize(
            folder, Goldens.ClipLlama, checkpoint => QuantizationPlan.Uniform(checkpoint.Config.Text.Layers, NumberFormat.Int4));
        foreach (var name in Directory.EnumerateFiles(Goldens.Folder(Goldens.ClipLlama)).Select(path => Path.GetFileName(path)))
            Assert.Equal(
                name != "model.safetensors" && name.EndsWith(".json", StringComparison.Ordinal), File.Exists(Path.Combine(target, name)));
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(target, "config.json")));
        var said = config.RootElement.GetProperty("quantization_config");
        Assert.Equal("glassbox", said.GetProperty("quant_method").GetString());
        Assert.Equal(32, said.GetProperty("group_size").GetInt32());
        Assert.All(said.GetProperty("layers").EnumerateArray(), layer => Assert.Equal("int4", layer.GetString()));
        using var checkpoint = Checkpoint.Open(target);
        AllTensors.Require(checkpoint);
        Assert.Empty(checkpoint.UnusedTensors());
    }

    [Fact]
    public void A_tied_vocabulary_matrix_stays_tied()
    {
        using var source = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(
            source, Goldens.LlamaDeep, name => name.Contains("lm_head", StringComparison.Ordinal) ? null : name,
            config: text => text.Replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true", StringComparison.Ordinal));
        File.Copy(Goldens.FileOf(Goldens.LlamaDeep, "processor_config.json"), Path.Combine(source.Path, "processor_config.json"));
        using var checkpoint = Checkpoint.Open(source.Path);
        var target = Path.Combine(folder.Path, "out");
        FolderQuantizer.Run(checkpoint, target, QuantizationPlan.Uniform(checkpoint.Config.Text.Layers, NumberFormat.Int8));
        using var loaded = new GoldenRun(source.Path, weights: NumberFormat.Int8);
        using var stored = new GoldenRun(target);
        AssertSameBits(loaded.Feed(Tokens), stored.Feed(Tokens));
        Assert.Equal(loaded.Decoder.WeightBytes, stored.Decoder.WeightBytes);
    }

    private static string Quantize(TemporaryFolder folder, string model, Func<Checkpoint, QuantizationPlan> plan)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Folder(model));
        var target = Path.Combine(folder.Path, "out");
        FolderQuantizer.Run(checkpoint, target, plan(checkpoint), shardBytes: 64 << 10);
        return target;
    }

    private static void AssertSameBits(float[] expected, float[] found) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(found)));
}
