using System.Globalization;
using System.Text;

namespace Inference.Models.Tokenization;

/// <summary>Reads a JSON string by itself, because the runtime's reader refuses the lone surrogates that JSON allows.</summary>
internal static class JsonString
{
    /// <summary>The text of a line that holds one JSON string and white space, or null. Lone surrogates are kept.</summary>
    public static string? Parse(string line)
    {
        var json = line.AsSpan().Trim(" \t\r\n");
        if (json.Length < 2 || json[0] != '"' || json[^1] != '"') return null;
        json = json[1..^1];
        var text = new StringBuilder(json.Length);
        while (!json.IsEmpty)
        {
            if (json[0] is '"' or < ' ') return null;
            if (json[0] != '\\')
            {
                text.Append(json[0]);
                json = json[1..];
            }
            else if (json.Length > 1 && Escaped(json, out var length) is { } unit)
            {
                text.Append(unit);
                json = json[length..];
            }
            else
            {
                return null;
            }
        }
        return text.ToString();
    }

    private static char? Escaped(ReadOnlySpan<char> json, out int length)
    {
        length = 2;
        switch (json[1])
        {
            case '"' or '\\' or '/': return json[1];
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when json.Length >= 6
                && ushort.TryParse(json[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                length = 6;
                return (char)unit;
            default: return null;
        }
    }
}
