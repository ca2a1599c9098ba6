using System.Globalization;
using System.Text;

namespace Inference.Models.Tokenization.Patterns.Oniguruma;

/// <summary>Walks over the text of a pattern by code points, and reads the parts that classes and expressions share.</summary>
internal sealed class PatternReader(string text)
{
    private int _next;

    public bool AtEnd => _next >= text.Length;

    public char Peek => AtEnd ? '\0' : text[_next];

    public bool TryTake(string expected)
    {
        if (!text.AsSpan(_next).StartsWith(expected, StringComparison.Ordinal)) return false;
        _next += expected.Length;
        return true;
    }

    public bool Follows(string expected) => text.AsSpan(_next).StartsWith(expected, StringComparison.Ordinal);

    public int TakeCodePoint()
    {
        if (AtEnd) throw new UnsupportedPatternException("it ends in the middle of an expression");
        if (!Rune.TryGetRuneAt(text, _next, out var rune)) throw new UnsupportedPatternException("it holds half a surrogate pair");
        _next += rune.Utf16SequenceLength;
        return rune.Value;
    }

    /// <summary>The text up to <paramref name="close"/>, which is taken too.</summary>
    public string TakeUntil(char close)
    {
        var end = text.IndexOf(close, _next);
        if (end < 0) throw new UnsupportedPatternException($"'{close}' is missing");
        var taken = text[_next..end];
        _next = end + 1;
        return taken;
    }

    /// <summary><c>{n}</c>, <c>{n,}</c>, <c>{,m}</c> or <c>{n,m}</c>; a brace that opens none of them stands for itself.</summary>
    public bool TryTakeInterval(out int least, out int? most)
    {
        (least, most) = (0, null);
        var end = text.IndexOf('}', _next);
        if (Peek != '{' || end < 0) return false;
        var bounds = text[(_next + 1)..end].Split(',');
        if (bounds.Length > 2 || bounds.All(bound => bound.Length == 0)) return false;
        if (bounds[0].Length > 0 && !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out least)) return false;
        if (bounds.Length == 1)
            most = least;
        else if (bounds[1].Length > 0)
        {
            if (!int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)) return false;
            most = parsed;
        }
        _next = end + 1;
        return true;
    }

    /// <summary>
    /// A set named by a backslash and a letter (<c>s S d D w W h H p P</c>), the backslash being taken already; null for another letter.
    /// </summary>
    public CodePointSet? TryTakeEscapedSet()
    {
        var letter = Peek;
        if (letter is not ('s' or 'S' or 'd' or 'D' or 'w' or 'W' or 'h' or 'H' or 'p' or 'P')) return null;
        _next++;
        if (letter is 'p' or 'P') return TakeProperty(letter == 'P');
        var set = char.ToLowerInvariant(letter) switch
        {
            's' => UnicodeSets.Space,
            'd' => UnicodeSets.Digit,
            'w' => UnicodeSets.Word,
            _ => UnicodeSets.HexDigit,
        };
        return char.IsAsciiLetterUpper(letter) ? set.Complement() : set;
    }

    /// <summary>A code point written with a backslash, the backslash being taken already.</summary>
    public int TakeEscapedCodePoint()
    {
        var codePoint = TakeCodePoint();
        return codePoint switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 0x1B,
            'x' when TryTake("{") => Hex(TakeUntil('}'), 0x10FFFF),
            // Two digits name a byte of UTF-8, which is a code point only below 0x80.
            'x' => Hex(TakeExactly(2), 0x7F),
            'u' => Hex(TakeExactly(4), 0xFFFF),
            _ when codePoint < 128 && char.IsAsciiLetterOrDigit((char)codePoint)
                => throw new UnsupportedPatternException($"the escape '\\{(char)codePoint}' is not supported"),
            _ => codePoint,
        };
    }

    private CodePointSet TakeProperty(bool negated)
    {
        if (!TryTake("{")) throw new UnsupportedPatternException("'\\p' without braces is not supported");
        negated ^= TryTake("^");
        var name = TakeUntil('}');
        var set = UnicodeSets.Category(name)
            ?? throw new UnsupportedPatternException(
                $"the property '\\p{{{name}}}' is not supported, general categories such as L, Lu or Nd are");
        return negated ? set.Complement() : set;
    }

    private string TakeExactly(int length)
    {
        if (_next + length > text.Length) throw new UnsupportedPatternException("it ends in the middle of an escape");
        _next += length;
        return text[(_next - length).._next];
    }

    private static int Hex(string digits, int most) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
        && value >= 0 && value <= most && value is < 0xD800 or > 0xDFFF
            ? value
            : throw new UnsupportedPatternException($"'{digits}' is no code point that can be written this way");
}
