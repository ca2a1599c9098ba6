using Inference.Models.Checkpoints;
using Inference.Models.Gguf;
using Inference.Models.Tests.Checkpoints;
using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Gguf;

/// <summary>What is wrong with a file is said with its name, the key or tensor, what was found and what is allowed.</summary>
public sealed class MalformedGgufTests
{
    [Theory]
    [InlineData(0, 'X', "does not begin with 'GGUF'")]
    [InlineData(4, 1, "1 found; 2 and 3 are read")]
    [InlineData(11, 0x7F, "number of tensors")]
    [InlineData(19, 0x7F, "number of keys")]
    [InlineData(27, 0x7F, "length of key")]
    public void Numbers_of_the_header_are_checked(int offset, int value, string reason)
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(SmallGguf.Write(folder.Path));
        bytes[offset] = (byte)value;
        Assert.Contains(reason, Refused(folder.Write("bad.gguf", bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_ends_too_early_is_refused()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(SmallGguf.Write(folder.Path));
        Assert.Contains("bytes of data are there", Refused(folder.Write("bad.gguf", bytes[..^1])), StringComparison.Ordinal);
        Assert.Contains("too early", Refused(folder.Write("bad.gguf", bytes[..6])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("general.architecture", "gemma", "llama (Llama and Mistral) and qwen2 are supported")]
    [InlineData("llama.rope.scaling.type", "yarn", "none and linear are supported")]
    public void Texts_that_would_change_numbers_are_refused_by_name(string key, string value, string reason) =>
        Assert.Contains(reason, RefusedWith(metadata => metadata.Add(key, value), key), StringComparison.Ordinal);

    [Theory]
    [InlineData("llama.embedding_length", 0, "missing or zero")]
    [InlineData("llama.attention.head_count_kv", 3, "must divide")]
    [InlineData("llama.attention.key_length", 7, "even")]
    [InlineData("llama.rope.dimension_count", 4, "the width of a head")]
    [InlineData("llama.expert_count", 8, "mixtures of experts")]
    [InlineData("split.count", 2, "join the parts")]
    public void Numbers_that_would_change_numbers_are_refused_by_name(string key, int value, string reason) =>
        Assert.Contains(reason, RefusedWith(metadata => metadata.Add(key, value), key), StringComparison.Ordinal);

    [Theory]
    [InlineData(10, "Q2_K")]
    [InlineData(16, "IQ2_XXS")]
    [InlineData(39, "39")]
    public void A_tensor_type_that_is_not_supported_is_named(byte type, string found)
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(SmallGguf.Write(folder.Path));
        var name = bytes.AsSpan().IndexOf("token_embd.weight"u8);
        // Name, rank, two sizes, then the type.
        bytes[name + "token_embd.weight".Length + 4 + 16] = type;
        Assert.Contains(
            $"type {found} found; F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q6_K are supported", Refused(folder.Write("bad.gguf", bytes)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_not_exported_again()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(SmallGguf.Write(folder.Path));
        var again = Path.Combine(folder.Path, "again.gguf");

        var error = Assert.Throws<CheckpointException>(() => GgufExporter.Export(checkpoint, weights: null, again));

        Assert.Equal("a GGUF file found; a folder with safetensors is needed", error.Reason);
        Assert.False(File.Exists(again));
    }

    [Fact]
    public void A_tokenizer_that_is_not_supported_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, metadata =>
        {
            metadata.Add("tokenizer.ggml.model", "bert");
            metadata.Add("tokenizer.ggml.tokens", ["a"]);
        });
        Assert.Contains(
            "tokenizer.ggml.model: 'bert' found", Assert.Throws<TokenizerException>(() => Tokenizer.Load(path)).Message,
            StringComparison.Ordinal);
    }

    private static string RefusedWith(Action<GgufMetadataWriter> add, string key)
    {
        using var folder = new TemporaryFolder();
        return Refused(Write(folder, metadata =>
        {
            var keys = new Dictionary<string, int>
            {
                ["llama.embedding_length"] = 32,
                ["llama.attention.head_count"] = 4,
                ["llama.attention.head_count_kv"] = 2,
                ["llama.context_length"] = 64,
                ["llama.feed_forward_length"] = 64,
                ["llama.block_count"] = 1,
            };
            keys.Remove(key);
            if (key != "general.architecture")
                metadata.Add("general.architecture", "llama");
            metadata.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
            foreach (var (name, value) in keys)
                metadata.Add(name, value);
            add(metadata);
        }));
    }

    private static string Write(TemporaryFolder folder, Action<GgufMetadataWriter> add)
    {
        var path = Path.Combine(folder.Path, "bad.gguf");
        using var writer = new GgufWriter(path);
        add(writer.Metadata);
        writer.Declare("token_embd.weight", TensorDtype.F32, 4, 32);
        writer.Write(new byte[4 * 32 * sizeof(float)]);
        writer.Complete();
        return path;
    }

    private static string Refused(string path) => Assert.Throws<CheckpointException>(() => Checkpoint.Open(path).Dispose()).Message;
}
