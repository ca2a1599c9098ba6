using System.Text;
using Inference.Engine;
using Inference.Grounding.Segments;

namespace Inference.Grounding.Probes;

/// <summary>
/// Gathers the token scores of an answer into spans and sentences while it comes. A sentence is certain with the first character behind it;
/// then its spans are reported, probe by probe, and the sentence itself. A token belongs to the sentence and the word in which its first
/// letter stands.
/// </summary>
public sealed class ProbeAggregator(IReadOnlyList<ProbeChoice> choices)
{
    private readonly StringBuilder _text = new();
    private readonly List<Piece> _pieces = [];

    /// <summary>Takes the next token.</summary>
    /// <returns>What became certain before it.</returns>
    public IReadOnlyList<ProbeFinding> Add(TokenEvent token)
    {
        if (choices.Count == 0)
        {
            return [];
        }

        _pieces.Add(new Piece(token, _text.Length));
        return Append(token.Text);
    }

    /// <summary>Takes text that no token brought.</summary>
    public IReadOnlyList<ProbeFinding> Append(string text)
    {
        List<ProbeFinding> findings = [];
        _text.Append(text);
        while (text.Length > 0 && SegmentSplitter.FindEnd(_text.ToString(), 0, SegmentUnit.Sentence) is { } end)
        {
            Cut(end, findings);
        }

        return findings;
    }

    /// <summary>Tokens from an index on are taken back, and with them what was said of them.</summary>
    /// <returns>Nothing.</returns>
    public IReadOnlyList<ProbeFinding> Retract(int firstToken)
    {
        var first = _pieces.FindIndex(piece => piece.Token.Index >= firstToken);
        if (first >= 0)
        {
            _text.Length = Math.Max(0, _pieces[first].Start);
            _pieces.RemoveRange(first, _pieces.Count - first);
        }

        return [];
    }

    /// <summary>The answer is complete.</summary>
    /// <returns>What was left.</returns>
    public IReadOnlyList<ProbeFinding> End()
    {
        List<ProbeFinding> findings = [];
        Cut(_text.Length, findings);
        return findings;
    }

    // Reports the sentence that ends at a character of the text at hand, and forgets it.
    private void Cut(int end, List<ProbeFinding> findings)
    {
        var text = _text.ToString(0, end);
        List<Piece> pieces = [];
        foreach (var piece in _pieces)
        {
            var letter = FirstLetter(piece.Start);
            if (letter < end || end == _text.Length)
            {
                pieces.Add(piece with { Start = Math.Min(letter, end) });
            }
        }

        _pieces.RemoveRange(0, pieces.Count);
        _text.Remove(0, end);
        for (var i = 0; i < _pieces.Count; i++)
        {
            _pieces[i] = _pieces[i] with { Start = _pieces[i].Start - end };
        }

        if (pieces.Count == 0 || !text.Any(char.IsLetterOrDigit))
        {
            return;
        }

        foreach (var choice in choices)
        {
            findings.AddRange(new SpanFinder(choice, text, pieces).Find());
        }

        findings.Add(new ScoredSentence(
            pieces[0].Token.Index, pieces[^1].Token.Index + 1, text.Trim(),
            [.. choices.Select(choice => Summarize(choice, pieces)).OfType<ProbeSummary>()]));
    }

    // Text that was held back comes with a later token, so a token without any belongs where that text goes.
    private int FirstLetter(int start)
    {
        while (start < _text.Length && char.IsWhiteSpace(_text[start]))
        {
            start++;
        }

        return start;
    }

    private static ProbeSummary? Summarize(ProbeChoice choice, List<Piece> pieces)
    {
        var tally = default(ScoreTally);
        pieces.ForEach(piece => tally.Add(choice.Probe, piece.Token.Scores));
        return tally.Of(choice.Probe, choice.Probe.Sentence ?? choice.Probe.Token, choice.Sentence);
    }

    /// <summary>A token and where its text begins, in what was found its first letter in the text.</summary>
    internal readonly record struct Piece(TokenEvent Token, int Start);
}
