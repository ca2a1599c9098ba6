using System.Text;
using Inference.Models.Tokenization;
using Inference.Models.Tokenization.AddedTokens;
using Inference.Models.Tokenization.Bpe;
using Inference.Models.Tokenization.Decoders;
using Inference.Models.Tokenization.Normalizers;
using Inference.Models.Tokenization.Patterns;
using Inference.Models.Tokenization.PreTokenizers;

namespace Inference.Models.Gguf;

/// <summary>
/// Builds a tokenizer from metadata: "llama" is SentencePiece with byte fallback, "gpt2" byte-level BPE with the split of GPT-2, Llama 3 or
/// Qwen2. They give the ids that the tokenizers library gives for the same model's tokenizer.json.
/// </summary>
internal static class GgufTokenizer
{
    private const string Prefix = "tokenizer.ggml.";
    private const string Blank = "▁";

    /// <summary>Reads the tokenizer of a file.</summary>
    /// <exception cref="TokenizerException">Keys are missing, contradict each other or name something that is not supported.</exception>
    public static Pipeline Load(string path)
    {
        using var file = GgufFile.Open(path);
        var metadata = file.Metadata;
        var model = metadata.Text(Prefix + "model") ?? throw Error(file.Name, "model", "the key is missing");
        var tokens = GgufTokens.Read(metadata);
        return model switch
        {
            "llama" => SentencePiece(metadata, tokens),
            "gpt2" => ByteLevel(metadata, tokens),
            _ => throw Error(file.Name, "model", $"'{model}' found; llama (SentencePiece) and gpt2 (byte-level BPE) are supported"),
        };
    }

    /// <summary>An error about a key of the tokenizer.</summary>
    public static TokenizerException Error(string file, string key, string problem) => new(file, Prefix + key, problem);

    private static Pipeline SentencePiece(GgufMetadata metadata, GgufTokens tokens)
    {
        var scores = metadata.Reals(Prefix + "scores") ?? throw Error(metadata.FileName, "scores", "the key is missing");
        if (scores.Length != tokens.Count)
            throw Error(metadata.FileName, "scores", $"{scores.Length} scores found for {tokens.Count} tokens");
        var hasPrefix = metadata.Flag(Prefix + "add_space_prefix") ?? true;
        var replace = new ReplaceNormalizer(new LiteralPattern(" "), Blank);
        var decoders = new List<IDecoder> { new ReplaceDecoder(Blank, " "), new ByteFallbackDecoder(), new FuseDecoder() };
        if (hasPrefix)
            decoders.Add(new StripDecoder(new Rune(' '), 1, 0));
        var options = new BpeOptions(tokens.Unknown, FuseUnknown: true, ByteFallback: true, IgnoreMerges: false);
        return new Pipeline(
            metadata.FileName, tokens.Added, hasPrefix ? new SequenceNormalizer([new PrependNormalizer(Blank), replace]) : replace, null,
            new BpeModel(tokens.Vocabulary, ScoredMerges.Create(tokens, scores), options), Around(metadata, isBosDefault: true),
            new SequenceDecoder(decoders));
    }

    private static Pipeline ByteLevel(GgufMetadata metadata, GgufTokens tokens)
    {
        var name = metadata.Text(Prefix + "pre") ?? "";
        (string? Split, bool IgnoreMerges) words = name switch
        {
            "llama-bpe" or "llama3" or "llama-v3" => (WordPattern.Llama3Source, true),
            "qwen2" or "deepseek-r1-qwen" => (WordPattern.Qwen2Source, false),
            "gpt-2" => (null, false),
            _ => throw Error(metadata.FileName, "pre", $"'{name}' found; gpt-2, llama-bpe and qwen2 are supported"),
        };
        IPreTokenizer bytes = new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: words.Split is null);
        var split = words.Split is null ? bytes
            : new SequencePreTokenizer([new SplitPreTokenizer(RegexPattern.Of(words.Split), SplitBehavior.Isolated, invert: false), bytes]);
        return new Pipeline(
            metadata.FileName, tokens.Added,
            words.Split == WordPattern.Qwen2Source ? new UnicodeNormalizer(compatibility: false, compose: true) : null, split,
            new BpeModel(tokens.Vocabulary, Merges(metadata, tokens), new BpeOptions(null, false, false, words.IgnoreMerges)),
            Around(metadata, isBosDefault: words.IgnoreMerges), new ByteLevelDecoder());
    }

    private static MergeTable Merges(GgufMetadata metadata, GgufTokens tokens)
    {
        var lines = metadata.Texts(Prefix + "merges") ?? throw Error(metadata.FileName, "merges", "the key is missing");
        var merges = new MergeTable(lines.Length);
        for (var rank = 0; rank < lines.Length; rank++)
        {
            if (lines[rank].Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw Error(metadata.FileName, "merges", $"two tokens with a space between them are needed at {rank}");
            merges.Set(Id(left), Id(right), rank, Id(left + right));
        }

        return merges;

        int Id(string token) => tokens.Vocabulary.TryGetId(token, out var id)
            ? id
            : throw Error(metadata.FileName, "merges", $"'{token}' is not among the tokens");
    }

    private static PostProcessor Around(GgufMetadata metadata, bool isBosDefault)
    {
        return new PostProcessor(Ids("bos", isBosDefault), Ids("eos", false));

        int[] Ids(string name, bool isDefault) => metadata.Flag($"{Prefix}add_{name}_token") ?? isDefault
            ? metadata.Number($"{Prefix}{name}_token_id", 0, TokenizerLimits.LargestId) is { } id ? [id] : []
            : [];
    }
}
