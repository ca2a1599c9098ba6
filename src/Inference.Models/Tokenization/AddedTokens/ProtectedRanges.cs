namespace Inference.Models.Tokenization.AddedTokens;

/// <summary>The parts of a text that come from a user, where control tokens must stay text. Sorted, none touching.</summary>
internal sealed class ProtectedRanges(IReadOnlyList<(int Start, int End)> ranges, IReadOnlySet<int>? controlTokens)
{
    /// <summary>Where to go on looking when a match must stay text; null when it may stand.</summary>
    public int? ResumeAfter(AddedToken token, int start, int end)
    {
        if (!token.IsSpecial && controlTokens?.Contains(token.Id) != true) return null;
        var range = FirstEndingAfter(start);
        if (range is not { } found || found.Start >= end) return null;
        // A match inside is passed over as a whole, as the library does; one that crosses the edge must not hide what begins outside.
        return found.Start <= start && end <= found.End ? end : start + 1;
    }

    /// <summary>The same ranges as positions in the normalised form of the text from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public ProtectedRanges Normalized(string text, int start, int end, Func<string, string> normalize)
    {
        var mapped = new List<(int, int)>();
        foreach (var (rangeStart, rangeEnd) in ranges)
        {
            var (from, to) = (Math.Max(rangeStart, start), Math.Min(rangeEnd, end));
            if (from < to) mapped.Add((normalize(text[start..from]).Length, normalize(text[start..to]).Length));
        }
        return new ProtectedRanges(mapped, controlTokens);
    }

    private (int Start, int End)? FirstEndingAfter(int position)
    {
        var (low, high) = (0, ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].End > position) high = middle;
            else low = middle + 1;
        }
        return low < ranges.Count ? ranges[low] : null;
    }
}
