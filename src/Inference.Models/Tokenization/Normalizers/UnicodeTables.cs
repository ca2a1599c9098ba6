using System.Globalization;

namespace Inference.Models.Tokenization.Normalizers;

/// <summary>
/// Decompositions and combining classes, read from <c>UnicodeNormalization.txt</c>. A line is a code point and its decomposition;
/// <c>*</c>: never composed again; <c>~</c>: a compatibility decomposition; <c>#</c>: a range and its combining class.
/// </summary>
internal static class UnicodeTables
{
    private static readonly Dictionary<int, byte> Classes = [];

    static UnicodeTables()
    {
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("UnicodeNormalization.txt")
            ?? throw new InvalidOperationException("the normalization tables are not in the assembly");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) Read(line);
    }

    /// <summary>Canonical decompositions, one step each.</summary>
    public static Dictionary<int, int[]> Canonical { get; } = [];

    /// <summary>Compatibility decompositions, one step each.</summary>
    public static Dictionary<int, int[]> Compatible { get; } = [];

    /// <summary>Pairs that compose.</summary>
    public static Dictionary<(int First, int Second), int> Composites { get; } = [];

    /// <summary>The canonical combining class, 0 for a starter.</summary>
    public static int CombiningClass(int codePoint) => codePoint < 0x300 ? 0 : Classes.GetValueOrDefault(codePoint);

    private static void Read(string line)
    {
        var fields = line.TrimStart('*', '~', '#').Split(' ');
        if (line[0] == '#')
        {
            var range = fields[0].Split('-');
            for (var i = Hex(range[0]); i <= Hex(range[1]); i++) Classes[i] = byte.Parse(fields[1], CultureInfo.InvariantCulture);
            return;
        }

        var codePoint = Hex(fields[0]);
        var parts = Array.ConvertAll(fields[1..], Hex);
        (line[0] == '~' ? Compatible : Canonical)[codePoint] = parts;
        if (char.IsAsciiHexDigit(line[0])) Composites[(parts[0], parts[1])] = codePoint;
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
