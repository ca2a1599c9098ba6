using System.Text;

namespace Inference.Models.Regions;

/// <summary>
/// The text of a box cut at its four places: literal, number, literal, number, literal, number, literal, number, literal.
/// </summary>
internal sealed class BoxTemplate
{
    private const int MaxDigits = 16, MaxBlanks = 8;
    private static readonly string[] Places = ["{x1}", "{y1}", "{x2}", "{y2}"];
    private readonly string[] _literals;
    private readonly int[] _coordinates;

    private BoxTemplate(string[] literals, int[] coordinates) => (_literals, _coordinates) = (literals, coordinates);

    /// <summary>Null when a place is missing or repeated, or two touch.</summary>
    public static BoxTemplate? Parse(string template)
    {
        (int Position, int Coordinate)[] places =
        [
            .. Places.Select((place, i) => (template.IndexOf(place, StringComparison.Ordinal), i)).Order(),
        ];
        if (places[0].Position < 0) return null;
        string[] literals = new string[5];
        int at = 0;
        for (int i = 0; i < 4; i++)
        {
            literals[i] = template[at..places[i].Position];
            at = places[i].Position + Places[0].Length;
        }
        literals[4] = template[at..];
        bool apart = literals.Skip(1).Take(3).All(literal => literal.Length > 0);
        bool once = literals.All(literal => !Places.Any(place => literal.Contains(place, StringComparison.Ordinal)));
        return apart && once ? new BoxTemplate(literals, [.. places.Select(place => place.Coordinate)]) : null;
    }

    /// <summary>The text of a box.</summary>
    public string Write(Box box, int decimals)
    {
        ReadOnlySpan<double> values = [box.X1, box.Y1, box.X2, box.Y2];
        StringBuilder text = new(_literals[0]);
        for (int i = 0; i < 4; i++) text.Append(CoordinateText.Write(values[_coordinates[i]], decimals)).Append(_literals[i + 1]);
        return text.ToString();
    }

    /// <summary>The numbers of a box whose text begins exactly at <paramref name="start"/>; null when none does.</summary>
    public (Box Box, int Length)? Match(string text, int start)
    {
        Span<double> values = stackalloc double[4];
        int at = start;
        for (int i = 0; i < 4; i++)
        {
            // A number must not begin in the middle of another one.
            if (i == 0 && _literals[0].Length == 0 && start > 0 && (char.IsAsciiDigit(text[start - 1]) || text[start - 1] == '.'))
                return null;
            if (!SkipLiteral(text, _literals[i], ref at, blanksBefore: i > 0)) return null;
            SkipBlanks(text, ref at);
            if (!CoordinateText.Read(text, ref at, MaxDigits, out values[_coordinates[i]])) return null;
        }
        return SkipLiteral(text, _literals[4], ref at, blanksBefore: true)
            ? (new Box(values[0], values[1], values[2], values[3]), at - start)
            : null;
    }

    // Blanks count for nothing, except that a separator of nothing but blanks needs one.
    private static bool SkipLiteral(string text, string literal, ref int at, bool blanksBefore)
    {
        int begin = at;
        foreach (char c in literal)
        {
            if (char.IsWhiteSpace(c))
            {
                SkipBlanks(text, ref at);
                continue;
            }
            if (blanksBefore || at > begin) SkipBlanks(text, ref at);
            if (at == text.Length || text[at] != c) return false;
            at++;
        }
        return literal.Length == 0 || at > begin;
    }

    private static void SkipBlanks(string text, ref int at)
    {
        for (int n = 0; n < MaxBlanks && at < text.Length && char.IsWhiteSpace(text[at]); n++) at++;
    }
}
