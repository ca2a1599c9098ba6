namespace Inference.Models.Tokenization.AddedTokens;

/// <summary>The parts of a text that come from a user, where control tokens must stay text. Sorted, none touching.</summary>
internal sealed class ProtectedRanges
{
    private readonly Lazy<IReadOnlyList<(int Start, int End)>> _ranges;
    private readonly IReadOnlySet<int>? _controlTokens;

    public ProtectedRanges(IReadOnlyList<(int Start, int End)> ranges, IReadOnlySet<int>? controlTokens)
        : this(new Lazy<IReadOnlyList<(int Start, int End)>>(ranges), controlTokens)
    {
    }

    private ProtectedRanges(Lazy<IReadOnlyList<(int Start, int End)>> ranges, IReadOnlySet<int>? controlTokens)
    {
        _ranges = ranges;
        _controlTokens = controlTokens;
    }

    /// <summary>Where to go on looking when a match must stay text; null when it may stand.</summary>
    public int? ResumeAfter(AddedToken token, int start, int end)
    {
        if (!token.IsSpecial && _controlTokens?.Contains(token.Id) != true) return null;
        var index = FirstEndingAfter(start);
        if (index == _ranges.Value.Count || _ranges.Value[index] is var found && found.Start >= end) return null;
        // A match inside is passed over as a whole, as the library does; one that crosses the edge must not hide what begins outside.
        return found.Start <= start && end <= found.End ? end : start + 1;
    }

    /// <summary>
    /// The same ranges as positions in the normalised form of the text from <paramref name="start"/> to <paramref name="end"/>.
    /// </summary>
    public ProtectedRanges Normalized(string text, int start, int end, Func<string, string> normalize) =>
        // Few files have special tokens that are matched after normalisation, and few texts hold one: most never need the positions.
        new(new Lazy<IReadOnlyList<(int Start, int End)>>(() => Map(text, start, end, normalize)), _controlTokens);

    private List<(int Start, int End)> Map(string text, int start, int end, Func<string, string> normalize)
    {
        var ranges = _ranges.Value;
        var mapped = new List<(int Start, int End)>();
        for (var i = FirstEndingAfter(start); i < ranges.Count && ranges[i].Start < end; i++)
        {
            var (from, to) = (Math.Max(ranges[i].Start, start), Math.Min(ranges[i].End, end));
            mapped.Add((normalize(text[start..from]).Length, normalize(text[start..to]).Length));
        }
        return mapped;
    }

    private int FirstEndingAfter(int position)
    {
        var ranges = _ranges.Value;
        var (low, high) = (0, ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].End > position) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
