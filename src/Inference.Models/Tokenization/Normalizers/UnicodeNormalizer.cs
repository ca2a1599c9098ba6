using System.Text;

namespace Inference.Models.Tokenization.Normalizers;

/// <summary>
/// NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15). <c>string.Normalize</c> returns its input unchanged under invariant
/// globalization, so this is done here, with the tables of the tokenizers library.
/// </summary>
internal sealed class UnicodeNormalizer(bool compatibility, bool compose) : INormalizer
{
    // Below U+0300 nothing changes under NFC; below U+0080 under none of the forms.
    private readonly char _firstAffected = compose && !compatibility ? '\u0300' : '\u0080';

    public string Normalize(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(_firstAffected, char.MaxValue)) return text;

        var codePoints = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, codePoints);
        Order(codePoints);
        if (compose) Compose(codePoints);

        var result = new StringBuilder(codePoints.Count);
        Span<char> units = stackalloc char[2];
        foreach (var codePoint in codePoints) result.Append(units[..new Rune(codePoint).EncodeToUtf16(units)]);
        return result.ToString();
    }

    private void Decompose(int codePoint, List<int> result)
    {
        if (Hangul.TryDecompose(codePoint, result)) return;
        if (UnicodeTables.Canonical.TryGetValue(codePoint, out var parts)
            || (compatibility && UnicodeTables.Compatible.TryGetValue(codePoint, out parts)))
        {
            foreach (var part in parts) Decompose(part, result);
        }
        else
        {
            result.Add(codePoint);
        }
    }

    // Runs of combining marks are sorted by class and otherwise keep their order; sorting keeps a megabyte of marks quick.
    private static void Order(List<int> codePoints)
    {
        var keys = new List<ulong>();
        for (var i = 0; i < codePoints.Count; i++)
        {
            var combiningClass = UnicodeTables.CombiningClass(codePoints[i]);
            if (combiningClass != 0) keys.Add(((ulong)combiningClass << 56) | ((ulong)keys.Count << 24) | (uint)codePoints[i]);
            if (combiningClass != 0 && i + 1 < codePoints.Count) continue;
            if (keys.Count > 1)
            {
                var first = combiningClass != 0 ? i + 1 - keys.Count : i - keys.Count;
                keys.Sort();
                for (var k = 0; k < keys.Count; k++) codePoints[first + k] = (int)(keys[k] & 0xFFFFFF);
            }
            keys.Clear();
        }
    }

    // In place: marks join the starter before them unless one of their own class or higher stands between.
    private static void Compose(List<int> codePoints)
    {
        var kept = 0;
        var starter = -1;
        var lastClass = 0;
        foreach (var codePoint in codePoints.ToArray())
        {
            var combiningClass = UnicodeTables.CombiningClass(codePoint);
            var blocked = starter < kept - 1 && lastClass >= combiningClass;
            if (starter >= 0 && !blocked && TryCompose(codePoints[starter], codePoint, out var composite))
            {
                codePoints[starter] = composite;
                continue;
            }
            if (combiningClass == 0) starter = kept;
            lastClass = combiningClass;
            codePoints[kept++] = codePoint;
        }
        codePoints.RemoveRange(kept, codePoints.Count - kept);
    }

    private static bool TryCompose(int first, int second, out int composite) =>
        Hangul.TryCompose(first, second, out composite) || UnicodeTables.Composites.TryGetValue((first, second), out composite);
}
