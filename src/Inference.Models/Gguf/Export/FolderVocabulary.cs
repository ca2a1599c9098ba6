using System.Text.Json;
using Inference.Models.Checkpoints;
using Inference.Models.Prompts.Templates;
using Inference.Models.Tokenization;
using Inference.Models.Tokenization.Bpe;
using Inference.Models.Tokenization.Patterns;
using Inference.Models.Tokenization.Reading;

namespace Inference.Models.Gguf;

/// <summary>
/// The vocabulary of a model folder. BPE with byte fallback becomes SentencePiece, scored by the rank of the merge that makes a token;
/// byte-level BPE keeps its merges, and its split is named as llama.cpp names it.
/// </summary>
internal static class FolderVocabulary
{
    /// <exception cref="CheckpointException">A GGUF file cannot say what the tokenizer does.</exception>
    public static GgufVocabulary Read(Checkpoint checkpoint)
    {
        var path = Path.Combine(checkpoint.Folder, TokenizerFile.Name);
        var tokenizer = Tokenizer.Load(path);
        // The tokenizer has been read once: what follows holds only what was found valid.
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var model = json.RootElement.GetProperty("model");
        var merges = Merges(model.GetProperty("merges"));
        var isSentencePiece = model.TryGetProperty("byte_fallback", out var fallback) && fallback.ValueKind == JsonValueKind.True;
        var size = checkpoint.Config.Text.VocabSize;
        return new GgufVocabulary
        {
            Model = isSentencePiece ? "llama" : "gpt2",
            PreTokenizer = isSentencePiece ? null : Split(json.RootElement),
            Tokens = [.. Enumerable.Range(0, size).Select(id => tokenizer.TokenOf(id) ?? $"[PAD{id}]")],
            Types = [.. Enumerable.Range(0, size).Select(id => Type(tokenizer, id, isSentencePiece))],
            Scores = isSentencePiece ? Scores(tokenizer, merges, size) : null,
            Merges = isSentencePiece ? null : [.. merges.Select(pair => $"{pair.Left} {pair.Right}")],
            Bos = checkpoint.Config.Text.BosTokenId,
            Eos = checkpoint.EosTokenIds.Count > 0 ? checkpoint.EosTokenIds[0] : null,
            Unknown = isSentencePiece ? tokenizer.IdOf("<unk>") : null,
            Padding = checkpoint.Config.Text.PadTokenId,
            AddBos = tokenizer.PrefixIds.Count > 0,
            AddSpacePrefix = isSentencePiece && tokenizer.TokenOf(tokenizer.EncodeOrdinary("a")[0])!.StartsWith('▁'),
            ChatTemplate = ChatTemplateFile.Find(checkpoint.Folder)?.Template,
        };
    }

    private static GgufTokenType Type(Tokenizer tokenizer, int id, bool isSentencePiece) =>
        tokenizer.TokenOf(id) is not { } token ? GgufTokenType.Unused
        : token == "<unk>" && isSentencePiece ? GgufTokenType.Unknown
        : tokenizer.IsSpecial(id) ? GgufTokenType.Control
        : tokenizer.IsAdded(id) ? GgufTokenType.UserDefined
        : isSentencePiece && ByteTokens.TryParse(token, out _) ? GgufTokenType.Byte
        : GgufTokenType.Normal;

    // Tokens that no merge makes never compete; they come last as SentencePiece's single characters do.
    private static float[] Scores(Tokenizer tokenizer, List<(string Left, string Right)> merges, int size)
    {
        var scores = new float[size];
        scores.AsSpan().Fill(-merges.Count);
        for (var rank = merges.Count - 1; rank >= 0; rank--)
        {
            if (tokenizer.IdOf(merges[rank].Left + merges[rank].Right) is { } id)
                scores[id] = -rank;
        }

        return scores;
    }

    private static List<(string Left, string Right)> Merges(JsonElement merges)
    {
        var pairs = new List<(string, string)>(merges.GetArrayLength());
        foreach (var merge in merges.EnumerateArray())
        {
            string[] pair = merge.ValueKind == JsonValueKind.String
                ? merge.GetString()!.Split(' ', 2)
                : [merge[0].GetString()!, merge[1].GetString()!];
            if (!pair[0].StartsWith("#version", StringComparison.Ordinal))
                pairs.Add((pair[0], pair[1]));
        }

        return pairs;
    }

    // A word pattern before ByteLevel, or ByteLevel's own.
    private static string Split(JsonElement root)
    {
        string[] texts = [.. Texts(root.GetProperty("pre_tokenizer"))];
        return texts.Contains(WordPattern.Llama3Source) ? "llama-bpe"
            : texts.Contains(WordPattern.Qwen2Source) ? "qwen2"
            : texts is ["ByteLevel"] ? "gpt-2"
            : throw new CheckpointException(
                TokenizerFile.Name, "pre_tokenizer",
                "a split was found that llama.cpp has no name for here; those of GPT-2, Llama 3 and Qwen2 are exported");
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Texts(member.Value)),
        _ => [],
    };
}
