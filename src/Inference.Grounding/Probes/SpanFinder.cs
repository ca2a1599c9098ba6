namespace Inference.Grounding.Probes;

/// <summary>Finds the words of a sentence that hold a token over a probe's threshold.</summary>
internal sealed class SpanFinder(ProbeChoice choice, string sentence, IReadOnlyList<ProbeAggregator.Piece> pieces)
{
    private const string Marks = ".,;:!?\"'()[]{}“”‘’";

    /// <summary>Spans in the order of the text.</summary>
    public IEnumerable<ScoredSpan> Find()
    {
        if (choice.Token is null)
        {
            yield break;
        }

        var flagged = FlaggedWords();
        for (var first = 0; first < pieces.Count;)
        {
            var end = first;
            while (end < pieces.Count && flagged.Contains(WordOf(pieces[end].Start)))
            {
                end++;
            }

            if (end > first)
            {
                yield return Span(first, end);
            }

            first = Math.Max(end, first + 1);
        }
    }

    // By the place where each word begins.
    private HashSet<int> FlaggedWords()
    {
        HashSet<int> words = [];
        foreach (var piece in pieces)
        {
            foreach (var score in piece.Token.Scores)
            {
                if (ReferenceEquals(score.Probe, choice.Probe) && choice.Token!.Value.IsOver(score.Logit))
                {
                    words.Add(WordOf(piece.Start));
                }
            }
        }

        return words;
    }

    private ScoredSpan Span(int first, int end)
    {
        var tally = default(ScoreTally);
        for (var i = first; i < end; i++)
        {
            tally.Add(choice.Probe, pieces[i].Token.Scores);
        }

        var (from, to) = (WordOf(pieces[first].Start), end < pieces.Count ? WordOf(pieces[end].Start) : sentence.Length);
        var text = sentence[Math.Min(from, to)..to].Trim().Trim(Marks.ToCharArray());
        var summary = tally.Of(choice.Probe, choice.Probe.Span ?? choice.Probe.Token, choice.Token)!.Value;
        return new ScoredSpan(pieces[first].Token.Index, pieces[end - 1].Token.Index + 1, text, summary);
    }

    private int WordOf(int start)
    {
        var word = Math.Min(start, sentence.Length);
        while (word > 0 && !char.IsWhiteSpace(sentence[word - 1]))
        {
            word--;
        }

        return word;
    }
}
