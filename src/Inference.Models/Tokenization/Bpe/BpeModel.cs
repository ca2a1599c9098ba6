using System.Text;

namespace Inference.Models.Tokenization.Bpe;

/// <summary>
/// Byte pair encoding (Sennrich et al., https://arxiv.org/abs/1508.07909) as the tokenizers library does it, with SentencePiece's byte
/// fallback. Immutable; any number of threads may encode at once, each with its own <see cref="BpeWord"/>.
/// </summary>
internal sealed class BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
{
    private readonly int[] _byteTokens = options.ByteFallback ? FindByteTokens(vocabulary) : [];

    public Vocabulary Vocabulary => vocabulary;

    /// <summary>Appends the ids of one pre-tokenized word.</summary>
    /// <exception cref="UnknownTokenMissingException">A character has no token and the unknown token has none either.</exception>
    public void Encode(ReadOnlySpan<char> word, List<int> ids, BpeWord scratch)
    {
        if (options.IgnoreMerges && vocabulary.TryGetId(word, out var whole))
        {
            ids.Add(whole);
            return;
        }

        scratch.Clear();
        var unknown = false;
        foreach (var rune in word.EnumerateRunes())
        {
            var length = rune.Utf16SequenceLength;
            if (vocabulary.TryGetId(word[..length], out var id))
            {
                if (unknown) scratch.Add(UnknownId);
                unknown = false;
                scratch.Add(id);
            }
            else if (!TryAddBytes(rune, scratch) && options.UnknownToken is not null)
            {
                if (unknown && !options.FuseUnknown) scratch.Add(UnknownId);
                unknown = true;
            }
            word = word[length..];
        }
        if (unknown) scratch.Add(UnknownId);
        scratch.MergeInto(ids, merges);
    }

    private int UnknownId => vocabulary.TryGetId(options.UnknownToken, out var id) ? id : throw new UnknownTokenMissingException();

    private bool TryAddBytes(Rune rune, BpeWord scratch)
    {
        if (!options.ByteFallback) return false;
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..rune.EncodeToUtf8(bytes)];
        foreach (var value in bytes)
            if (_byteTokens[value] < 0)
                return false;
        foreach (var value in bytes) scratch.Add(_byteTokens[value]);
        return true;
    }

    private static int[] FindByteTokens(Vocabulary vocabulary)
    {
        var tokens = new int[256];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = vocabulary.TryGetId(ByteTokens.Name(i), out var id) ? id : -1;
        return tokens;
    }
}
