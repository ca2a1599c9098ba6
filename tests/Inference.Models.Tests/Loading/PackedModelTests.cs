using System.Runtime.InteropServices;
using Inference.Compute;
using Inference.Models.Loading;
using Inference.Models.Tests.Checkpoints;
using Inference.Models.Tests.Golden;
using Inference.Testing;

namespace Inference.Models.Tests.Loading;

/// <summary>Models whose packed weights are kept in a file.</summary>
public sealed class PackedModelTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(5, 40)];

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData(NumberFormat.BF16, true)]
    [InlineData(NumberFormat.Int8, false)]
    [InlineData(NumberFormat.Int8, true)]
    [InlineData(NumberFormat.Int4, true)]
    public void Logits_have_the_same_bits_from_memory_from_the_file_as_it_is_written_and_from_the_file(NumberFormat? weights, bool shares)
    {
        using var folder = new TemporaryFolder();
        var packs = shares ? PackCache.In(folder.Path).Sharing() : PackCache.In(folder.Path);
        using var memory = new GoldenRun(Goldens.LlamaDeep, weights: weights);
        using var writing = new GoldenRun(Goldens.LlamaDeep, weights: weights, packs: packs);
        using var reading = new GoldenRun(Goldens.LlamaDeep, weights: weights, packs: packs);
        Assert.Null(memory.PackFile);
        Assert.Equal(Assert.Single(Directory.GetFiles(folder.Path)), writing.PackFile);
        Assert.Equal(writing.PackFile, reading.PackFile);
        var expected = memory.Feed(Tokens);
        Assert.True(SameBits(expected, writing.Feed(Tokens)));
        Assert.True(SameBits(expected, reading.Feed(Tokens)));
    }

    [Fact]
    public void Other_formats_of_one_model_have_files_of_their_own()
    {
        using var folder = new TemporaryFolder();
        using var wide = new GoldenRun(Goldens.LlamaDeep, weights: NumberFormat.F32, packs: PackCache.In(folder.Path));
        using var narrow = new GoldenRun(Goldens.LlamaDeep, weights: NumberFormat.Int8, packs: PackCache.In(folder.Path));
        Assert.NotEqual(wide.PackFile, narrow.PackFile);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void A_damaged_file_is_packed_anew()
    {
        using var folder = new TemporaryFolder();
        string path;
        using (var first = new GoldenRun(Goldens.LlamaDeep, packs: PackCache.In(folder.Path)))
        {
            path = first.PackFile!;
        }

        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^1]);
        using var second = new GoldenRun(Goldens.LlamaDeep, packs: PackCache.In(folder.Path));
        Assert.Equal(path, second.PackFile);
        Assert.Equal(whole, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_leaves_the_weights_in_memory()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("taken", "");
        using var run = new GoldenRun(Goldens.LlamaDeep, packs: PackCache.In(Path.Combine(file, "packs")));
        Assert.Null(run.PackFile);
        Assert.NotEmpty(run.Feed(Tokens));
    }

    [Fact]
    public void Small_models_are_left_alone_unless_a_folder_is_named()
    {
        using var run = new GoldenRun(Goldens.LlamaDeep, packs: PackCache.Auto);
        Assert.Null(run.PackFile);
        Assert.False(Directory.Exists(Path.Combine(Goldens.Folder(Goldens.LlamaDeep), ".glassbox")));
    }

    private static bool SameBits(float[] expected, float[] found) =>
        MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(found));
}
