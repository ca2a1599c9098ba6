using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Inference.Models.Tokenization.Patterns.Oniguruma;

/// <summary>The sets behind <c>\s \d \w \h</c> and <c>\p{..}</c>, all of them over whole code points.</summary>
internal static class UnicodeSets
{
    // The two-letter names in the order of System.Globalization.UnicodeCategory.
    private static readonly string[] Categories =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly ConcurrentDictionary<string, CodePointSet> Known = new(StringComparer.OrdinalIgnoreCase);

    public static CodePointSet Space { get; } = CodePointSet.Where(i => Rune.IsValid(i) && Rune.IsWhiteSpace(new Rune(i)));

    public static CodePointSet Digit => Category("Nd")!;

    // Unlike UTS 18, Oniguruma counts the superscripts and fractions of Latin-1, and not the join controls.
    public static CodePointSet Word { get; } = CodePointSet.Where(i =>
        i is 0xB2 or 0xB3 or 0xB9 or >= 0xBC and <= 0xBE || (CodePoints.IsWord(i) && i is not (0x200C or 0x200D)));

    public static CodePointSet HexDigit => CodePointSet.Of('0', '9').Union(CodePointSet.Of('a', 'f')).Union(CodePointSet.Of('A', 'F'));

    public static CodePointSet NotNewline => CodePointSet.Of('\n').Complement();

    public static CodePointSet Any => CodePointSet.Of(0, 0x10FFFF);

    /// <summary>A general category such as <c>Lu</c> or a group of them such as <c>L</c>; null for a name that is neither.</summary>
    public static CodePointSet? Category(string name)
    {
        if (name.Length is 0 or > 2) return null;
        var wanted = new bool[Categories.Length];
        for (var i = 0; i < Categories.Length; i++)
            wanted[i] = Categories[i].StartsWith(name, StringComparison.OrdinalIgnoreCase);
        return wanted.Contains(true)
            ? Known.GetOrAdd(name, _ => CodePointSet.Where(i => wanted[(int)CharUnicodeInfo.GetUnicodeCategory(i)]))
            : null;
    }
}
