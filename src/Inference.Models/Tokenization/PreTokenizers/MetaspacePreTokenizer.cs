using Inference.Models.Tokenization.Patterns;

namespace Inference.Models.Tokenization.PreTokenizers;

/// <summary>When Metaspace puts its sign before text that does not begin with it.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>SentencePiece's spaces: each becomes a visible sign, which begins the word after it.</summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool split) : IPreTokenizer
{
    private readonly SplitPreTokenizer _words = new(new LiteralPattern(replacement), SplitBehavior.MergedWithNext, invert: false);

    public void Split(List<Piece> pieces, List<Piece> result)
    {
        var replaced = pieces.ConvertAll(Replace);
        if (split) _words.Split(replaced, result);
        else result.AddRange(replaced);
    }

    private Piece Replace(Piece piece)
    {
        var text = piece.Span.ToString().Replace(" ", replacement, StringComparison.Ordinal);
        if ((scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.AtStart))
            && !text.StartsWith(replacement, StringComparison.Ordinal))
            text = replacement + text;
        return new Piece(text, 0, text.Length, piece.AtStart);
    }
}
