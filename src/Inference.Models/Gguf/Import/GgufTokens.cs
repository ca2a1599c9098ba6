using Inference.Models.Tokenization;
using Inference.Models.Tokenization.AddedTokens;
using Inference.Models.Tokenization.Bpe;

namespace Inference.Models.Gguf;

/// <summary>The tokens of a GGUF file: a vocabulary, and those that are looked for in text before it is cut.</summary>
internal sealed class GgufTokens
{
    private readonly string[] _texts;
    private readonly int[] _types;

    private GgufTokens(string[] texts, int[] types)
    {
        (_texts, _types) = (texts, types);
        Vocabulary = new Vocabulary(texts.Length);
        var added = new List<AddedToken>();
        for (var id = 0; id < texts.Length; id++)
        {
            // Of two tokens with one text, which padding has, the first counts.
            if (!Vocabulary.TryAdd(texts[id], id) || texts[id].Length == 0)
                continue;
            if (TypeOf(id) is GgufTokenType.Control or GgufTokenType.Unknown or GgufTokenType.UserDefined)
                added.Add(new AddedToken(id, texts[id], texts[id], TypeOf(id) != GgufTokenType.UserDefined, false, false, false, false));
        }

        Unknown = Enumerable.Range(0, texts.Length).FirstOrDefault(id => TypeOf(id) == GgufTokenType.Unknown, -1) is >= 0 and var unknown
            ? texts[unknown]
            : null;
        Added = new AddedVocabulary(added, Vocabulary);
    }

    public int Count => _texts.Length;

    public Vocabulary Vocabulary { get; }

    public AddedVocabulary Added { get; }

    /// <summary>The token of type "unknown", or null.</summary>
    public string? Unknown { get; }

    public string TextOf(int id) => _texts[id];

    public GgufTokenType TypeOf(int id) => (GgufTokenType)_types[id];

    /// <exception cref="TokenizerException">There are none, too many, or their types do not match.</exception>
    public static GgufTokens Read(GgufMetadata metadata)
    {
        var texts = metadata.Texts("tokenizer.ggml.tokens") ?? throw GgufTokenizer.Error(metadata.FileName, "tokens", "the key is missing");
        if (texts.Length is 0 or > TokenizerLimits.Tokens)
            throw GgufTokenizer.Error(metadata.FileName, "tokens", $"{texts.Length} tokens, 1 to {TokenizerLimits.Tokens} are allowed");
        var types = metadata.Numbers("tokenizer.ggml.token_type") ?? [.. Enumerable.Repeat((int)GgufTokenType.Normal, texts.Length)];
        return types.Length == texts.Length
            ? new GgufTokens(texts, types)
            : throw GgufTokenizer.Error(metadata.FileName, "token_type", $"{types.Length} types found for {texts.Length} tokens");
    }
}
