using Inference.Models.Tokenization.Patterns;

namespace Inference.Models.Tokenization.PreTokenizers;

/// <summary>Cuts at the matches of a pattern. <c>invert</c> makes the gaps the matches.</summary>
internal sealed class SplitPreTokenizer(Pattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public void Split(List<Piece> pieces, List<Piece> result)
    {
        var matches = new List<(int Start, int End)>();
        var spans = new List<Span>();
        foreach (var piece in pieces)
        {
            matches.Clear();
            spans.Clear();
            pattern.Find(piece.Source, piece.Start, piece.End, matches);
            Tile(piece, matches, spans);
            Join(spans);
            foreach (var span in spans)
                if (span.End > span.Start && !(behavior == SplitBehavior.Removed && span.IsMatch))
                    result.Add(piece.Part(span.Start, span.End));
        }
    }

    private void Tile(Piece piece, List<(int Start, int End)> matches, List<Span> spans)
    {
        var last = piece.Start;
        foreach (var (start, end) in matches)
        {
            if (start > last) spans.Add(new Span(last, start, invert));
            spans.Add(new Span(start, end, !invert));
            last = end;
        }
        if (last < piece.End) spans.Add(new Span(last, piece.End, invert));
    }

    // In place: each span either extends its neighbour or stands alone. Of several matches in a row only the one next to text joins it.
    private void Join(List<Span> spans)
    {
        if (behavior is SplitBehavior.Removed or SplitBehavior.Isolated) return;
        var backwards = behavior == SplitBehavior.MergedWithNext;
        if (backwards) spans.Reverse();
        var kept = 0;
        var lastIsMatch = false;
        foreach (var span in spans.ToArray())
        {
            var joins = behavior == SplitBehavior.Contiguous ? span.IsMatch == lastIsMatch : span.IsMatch && !lastIsMatch;
            if (joins && kept > 0)
                spans[kept - 1] = backwards ? spans[kept - 1] with { Start = span.Start } : spans[kept - 1] with { End = span.End };
            else
                spans[kept++] = span;
            lastIsMatch = span.IsMatch;
        }
        spans.RemoveRange(kept, spans.Count - kept);
        if (backwards) spans.Reverse();
    }

    private readonly record struct Span(int Start, int End, bool IsMatch);
}
