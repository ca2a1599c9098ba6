namespace Inference.Grounding.Segments;

/// <summary>
/// Finds where sentences and clauses end. An end is certain only with the character behind it ("3.5", "e.g."), so that a text under way is
/// cut in the same places as the whole.
/// </summary>
public static class SegmentSplitter
{
    private const string Terminators = ".?!";
    private const string WideTerminators = "。！？";
    private const string Closers = "\"')]}”’»";
    private const string ClauseMarks = ",;:";

    // What a full stop behind does not end a sentence.
    private static readonly HashSet<string> Abbreviations = new(
        ["mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "fig", "approx", "e.g", "i.e", "cf", "a.m", "p.m", "jr", "sr"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Joints = new(["and", "or", "but", "with"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The segments of a whole text that hold any letter or digit, in order; they cover it but for such blanks.</summary>
    public static IEnumerable<(int Start, int Length)> Split(string text, SegmentUnit unit)
    {
        var start = 0;
        while (start < text.Length)
        {
            var end = FindEnd(text, start, unit) ?? text.Length;
            if (text.AsSpan(start, end - start).IndexOfAnyLetterOrDigit() >= 0)
            {
                yield return (start, end - start);
            }

            start = end;
        }
    }

    /// <summary>The end of the segment that begins at <paramref name="start"/>, exclusive; null while it is not certain.</summary>
    /// <param name="text">The text so far.</param>
    /// <param name="start">Where the segment begins.</param>
    /// <param name="unit">What ends a segment.</param>
    public static int? FindEnd(string text, int start, SegmentUnit unit)
    {
        for (var i = start; i < text.Length; i++)
        {
            var end = EndAt(text, start, i, unit);
            if (end > 0 && HasContent(text.AsSpan(start, end - start)))
            {
                return end;
            }
        }

        return null;
    }

    // The end of a segment whose last mark or word begins at i, or 0.
    private static int EndAt(string text, int start, int i, SegmentUnit unit)
    {
        var mark = text[i];
        if (mark == '\n' || WideTerminators.Contains(mark, StringComparison.Ordinal))
        {
            return i + 1;
        }

        if (Terminators.Contains(mark, StringComparison.Ordinal))
        {
            var end = i + 1;
            while (end < text.Length
                && (Terminators.Contains(text[end], StringComparison.Ordinal) || Closers.Contains(text[end], StringComparison.Ordinal)))
            {
                end++;
            }

            return end < text.Length && char.IsWhiteSpace(text[end]) && !(mark == '.' && IsAbbreviated(text, start, i)) ? end : 0;
        }

        if (unit == SegmentUnit.Sentence)
        {
            return 0;
        }

        if (ClauseMarks.Contains(mark, StringComparison.Ordinal))
        {
            return i + 1 < text.Length && char.IsWhiteSpace(text[i + 1]) ? i + 1 : 0;
        }

        return IsAnd(text, i) ? i + 3 : 0;
    }

    private static bool IsAnd(string text, int i) =>
        i > 0 && i + 3 < text.Length && char.IsWhiteSpace(text[i - 1]) && char.IsWhiteSpace(text[i + 3])
        && text.AsSpan(i, 3).Equals("and", StringComparison.OrdinalIgnoreCase);

    // "Mr. Smith", "J. Smith", and the number of an item of a list: "2. A cat".
    private static bool IsAbbreviated(string text, int start, int dot)
    {
        var from = dot;
        while (from > start && !char.IsWhiteSpace(text[from - 1]))
        {
            from--;
        }

        var word = text[from..dot].TrimStart('(', '"', '\'', '“');
        if (Abbreviations.Contains(word) || (word.Length == 1 && char.IsUpper(word[0]) && word != "I"))
        {
            return true;
        }

        return word.Length > 0 && word.All(char.IsAsciiDigit) && string.IsNullOrWhiteSpace(text[start..from]);
    }

    // A joint alone is the beginning of what follows it.
    private static bool HasContent(ReadOnlySpan<char> segment)
    {
        var words = segment.Trim().TrimEnd(".?!,;:");
        return words.IndexOfAnyLetterOrDigit() >= 0 && !Joints.Contains(words.ToString());
    }

    private static int IndexOfAnyLetterOrDigit(this ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLetterOrDigit(text[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
