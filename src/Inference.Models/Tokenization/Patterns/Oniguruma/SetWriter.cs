using System.Globalization;
using System.Text;

namespace Inference.Models.Tokenization.Patterns.Oniguruma;

/// <summary>
/// Writes a set of code points as a .NET pattern over UTF-16 units: a class for the basic plane, and for each group of high
/// surrogates that go with the same low ones a pair of classes.
/// </summary>
internal static class SetWriter
{
    public static string Write(CodePointSet set)
    {
        var basic = new StringBuilder();
        var rows = new SortedDictionary<int, StringBuilder>();
        foreach (var (from, to) in set.Ranges)
        {
            if (from <= 0xFFFF) AppendRange(basic, from, Math.Min(to, 0xFFFF));
            if (to > 0xFFFF) AddRows(rows, Math.Max(from, 0x10000), to);
        }

        var alternatives = new List<string>();
        if (basic.Length > 0) alternatives.Add($"[{basic}]");
        foreach (var group in rows.GroupBy(row => row.Value.ToString(), row => row.Key))
            alternatives.Add($"[{HighSurrogates(group)}][{group.Key}]");
        return alternatives.Count switch
        {
            // Nothing matches the empty set.
            0 => "(?!)",
            1 when basic.Length > 0 => alternatives[0],
            _ => $"(?:{string.Join('|', alternatives)})",
        };
    }

    private static void AddRows(SortedDictionary<int, StringBuilder> rows, int from, int to)
    {
        while (from <= to)
        {
            var rowEnd = Math.Min(to, from | 0x3FF);
            var high = 0xD800 + ((from - 0x10000) >> 10);
            if (!rows.TryGetValue(high, out var lows)) rows[high] = lows = new StringBuilder();
            AppendRange(lows, 0xDC00 + (from & 0x3FF), 0xDC00 + (rowEnd & 0x3FF));
            from = rowEnd + 1;
        }
    }

    private static string HighSurrogates(IEnumerable<int> highs)
    {
        var text = new StringBuilder();
        foreach (var high in highs) AppendRange(text, high, high);
        return text.ToString();
    }

    private static void AppendRange(StringBuilder text, int from, int to)
    {
        text.Append(CultureInfo.InvariantCulture, $"\\u{from:X4}");
        if (to > from) text.Append(CultureInfo.InvariantCulture, $"-\\u{to:X4}");
    }
}
