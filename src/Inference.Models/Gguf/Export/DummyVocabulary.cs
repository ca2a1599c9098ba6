using Inference.Models.Tokenization.Bpe;

namespace Inference.Models.Gguf;

/// <summary>
/// A vocabulary for random weights: special tokens, the bytes of ASCII, a blank, and words that no text has. Every ASCII text becomes
/// bytes, and whatever such a model generates is valid UTF-8.
/// </summary>
internal static class DummyVocabulary
{
    private const int FirstByte = 3;
    private const int Bytes = 128;
    private const int Blank = FirstByte + Bytes;

    public static GgufVocabulary Create(int size) => new()
    {
        Model = "llama",
        Tokens = [.. Enumerable.Range(0, size).Select(Token)],
        Types = [.. Enumerable.Range(0, size).Select(Type)],
        Scores = [.. Enumerable.Range(0, size).Select(id => (float)-id)],
        Unknown = 0,
        Bos = 1,
        Eos = 2,
        AddBos = true,
    };

    private static string Token(int id) => id switch
    {
        0 => "<unk>",
        1 => "<s>",
        2 => "</s>",
        < FirstByte + Bytes => ByteTokens.Name(id - FirstByte),
        Blank => "▁",
        _ => $"▁␞{id}",
    };

    private static GgufTokenType Type(int id) => id switch
    {
        0 => GgufTokenType.Unknown,
        1 or 2 => GgufTokenType.Control,
        < FirstByte + Bytes => GgufTokenType.Byte,
        _ => GgufTokenType.Normal,
    };
}
