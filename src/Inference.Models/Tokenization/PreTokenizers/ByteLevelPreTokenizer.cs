using System.Text;
using Inference.Models.Tokenization.Patterns;

namespace Inference.Models.Tokenization.PreTokenizers;

/// <summary>Writes every UTF-8 byte as one printable character, after an optional leading space and GPT-2's split.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    private static readonly SplitPreTokenizer Gpt2Split = new(new Gpt2Pattern(), SplitBehavior.Isolated, invert: false);

    public void Split(List<Piece> pieces, List<Piece> result)
    {
        if (addPrefixSpace) pieces = pieces.ConvertAll(WithSpace);
        if (useRegex)
        {
            var split = new List<Piece>(pieces.Count);
            Gpt2Split.Split(pieces, split);
            pieces = split;
        }

        // All pieces are written into one string and cut out of it again.
        var text = new StringBuilder();
        foreach (var piece in pieces) ByteLevel.Append(piece.Span, text);
        var mapped = text.ToString();
        var start = 0;
        foreach (var piece in pieces)
        {
            var length = Encoding.UTF8.GetByteCount(piece.Span);
            result.Add(new Piece(mapped, start, length, piece.AtStart));
            start += length;
        }
    }

    private static Piece WithSpace(Piece piece) =>
        piece.Span.StartsWith(' ') ? piece : new Piece(string.Concat(" ", piece.Span), 0, piece.Length + 1, piece.AtStart);
}
