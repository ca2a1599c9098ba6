namespace Inference.Models.Tokenization.Patterns.Oniguruma;

/// <summary>A set of code points without the surrogates, as sorted ranges that do not touch.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;
    private readonly List<(int From, int To)> _ranges;

    private CodePointSet(List<(int From, int To)> ranges) => _ranges = ranges;

    public IReadOnlyList<(int From, int To)> Ranges => _ranges;

    public static CodePointSet Of(int codePoint) => Of(codePoint, codePoint);

    public static CodePointSet Of(int from, int to) => Normalised([(from, to)]);

    public static CodePointSet Where(Func<int, bool> contains)
    {
        var ranges = new List<(int, int)>();
        for (var i = 0; i <= Last; i++)
        {
            if (!contains(i)) continue;
            var from = i;
            while (i < Last && contains(i + 1)) i++;
            ranges.Add((from, i));
        }
        return Normalised(ranges);
    }

    public CodePointSet Union(CodePointSet other) => Normalised([.. _ranges, .. other._ranges]);

    public CodePointSet Complement()
    {
        var ranges = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in _ranges)
        {
            if (from > next) ranges.Add((next, from - 1));
            next = to + 1;
        }
        if (next <= Last) ranges.Add((next, Last));
        return Normalised(ranges);
    }

    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();

    /// <summary>With every code point that differs from a member only by case (simple folding).</summary>
    public CodePointSet CaseClosed()
    {
        var closed = new List<(int, int)>(_ranges);
        foreach (var (from, to) in _ranges)
            for (var i = from; i <= to; i++)
                foreach (var variant in CaseFolding.VariantsOf(i))
                    closed.Add((variant, variant));
        return Normalised(closed);
    }

    private static CodePointSet Normalised(List<(int From, int To)> ranges)
    {
        ranges.Sort();
        var merged = new List<(int From, int To)>(ranges.Count);
        foreach (var (from, to) in ranges)
        {
            if (merged.Count > 0 && from <= merged[^1].To + 1)
                merged[^1] = (merged[^1].From, Math.Max(to, merged[^1].To));
            else
                merged.Add((from, to));
        }
        return new CodePointSet(WithoutSurrogates(merged));
    }

    private static List<(int From, int To)> WithoutSurrogates(List<(int From, int To)> ranges)
    {
        var kept = new List<(int, int)>(ranges.Count + 1);
        foreach (var (from, to) in ranges)
        {
            if (from < 0xD800) kept.Add((from, Math.Min(to, 0xD7FF)));
            if (to > 0xDFFF) kept.Add((Math.Max(from, 0xE000), to));
        }
        return kept;
    }
}
