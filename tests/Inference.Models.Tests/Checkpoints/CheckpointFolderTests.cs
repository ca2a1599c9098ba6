using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Folders that cannot be used, and what tells two models apart.</summary>
public sealed class CheckpointFolderTests
{
    [Fact]
    public void A_folder_without_its_files_says_which_is_missing()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("there is no such folder", Refused(Path.Combine(folder.Path, "none")), StringComparison.Ordinal);
        Assert.StartsWith("config.json: cannot be read", Refused(folder.Path), StringComparison.Ordinal);

        folder.Copy(Goldens.FileOf(Goldens.ClipLlama, "config.json"));
        Assert.Contains("neither model.safetensors nor model.safetensors.index.json found", Refused(folder.Path), StringComparison.Ordinal);

        folder.Write("pytorch_model.bin", "pickle");
        Assert.Contains("convert them to safetensors", Refused(folder.Path), StringComparison.Ordinal);

        folder.Write("adapter_config.json", "{}");
        Assert.Contains("adapters are not applied", Refused(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_no_model_says_what_is_needed()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("model.safetensors", "");

        Assert.Contains("there is no such folder or file", Refused(Path.Combine(folder.Path, "none.gguf")), StringComparison.Ordinal);
        Assert.Contains("a model folder or a GGUF file (.gguf) is needed", Refused(file), StringComparison.Ordinal);
        Assert.Contains("an empty path found", Refused(""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("decoder.gguf")]
    public void Weights_that_Git_LFS_did_not_fetch_say_so(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Goldens.FileOf(Goldens.ClipLlama, "config.json"));
        var file = folder.Write(name, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4000000000\n");

        var message = Refused(name.EndsWith(".gguf", StringComparison.Ordinal) ? file : folder.Path);

        Assert.StartsWith($"{name}: a Git LFS pointer found in place of the file", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/model.safetensors")]
    [InlineData("a/b.safetensors")]
    [InlineData("..\\\\b.safetensors")]
    [InlineData("C:b.safetensors")]
    [InlineData(".hidden.safetensors")]
    [InlineData("weights.bin")]
    [InlineData("a\\u0000.safetensors")]
    [InlineData("")]
    public void A_shard_outside_the_folder_is_refused(string shard)
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Goldens.FileOf(Goldens.ClipLlama, "config.json"));
        folder.Write("model.safetensors.index.json", $$"""{"weight_map":{"a":"{{shard}}"} }""");

        var message = Refused(folder.Path);

        Assert.StartsWith("model.safetensors.index.json: 'a': shard '", message, StringComparison.Ordinal);
        Assert.Contains("a plain file name ending in .safetensors", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":[]}""", "'weight_map': an object")]
    [InlineData("""{}""", "'weight_map': an object")]
    [InlineData("""{"weight_map":{}}""", "no tensor is listed")]
    [InlineData("""{"weight_map":{"a":5}}""", "'a': shard '' found")]
    [InlineData("""{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}""", "not valid JSON")]
    [InlineData(
        """{"weight_map":{"a":"x.safetensors"}}""", "x.safetensors: the shard is missing; model.safetensors.index.json puts 'a' there")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"one.safetensors"}}""", "one.safetensors: 'b': the tensor is missing")]
    [InlineData(
        """{"weight_map":{"a":"one.safetensors","c":"two.safetensors"}}""", "two.safetensors: 'd': the tensor is in one.safetensors too")]
    public void A_wrong_index_is_refused_with_file_and_tensor(string index, string reason)
    {
        using var folder = new TemporaryFolder();
        folder.Copy(Goldens.FileOf(Goldens.ClipLlama, "config.json"));
        folder.Write("one.safetensors", RawSafetensors.Vectors(("a", 1), ("d", 1)));
        folder.Write("two.safetensors", RawSafetensors.Vectors(("c", 1), ("d", 1)));
        folder.Write("model.safetensors.index.json", index);

        Assert.Contains(reason, Refused(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_config_is_refused_before_it_is_read()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(Path.Combine(folder.Path, "config.json")))
            file.SetLength(1L << 32);

        Assert.Contains("4294967296 bytes found; at most", Refused(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_tells_configs_and_weights_apart_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(folder, Goldens.ClipLlama);
        var original = FingerprintOf(folder.Path);
        Assert.Matches("^[0-9a-f]{64}$", original);
        Assert.Equal(original, FingerprintOf(folder.Path));

        folder.Write("README.md", "anything");
        Assert.Equal(original, FingerprintOf(folder.Path));

        File.AppendAllText(Path.Combine(folder.Path, "config.json"), "\n");
        var otherConfig = FingerprintOf(folder.Path);
        Assert.NotEqual(original, otherConfig);

        ScaleFirstTensor(Path.Combine(folder.Path, "model.safetensors"));
        Assert.NotEqual(otherConfig, FingerprintOf(folder.Path));
    }

    /// <summary>What a fine-tune does to a header is nothing, and to weights everything.</summary>
    private static void ScaleFirstTensor(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = bytes.Length - 640 * 96 * 4;
        for (var i = start; i < bytes.Length; i++)
            bytes[i] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static string FingerprintOf(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return checkpoint.Fingerprint;
    }

    private static string Refused(string folder) => Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder)).Message;
}
