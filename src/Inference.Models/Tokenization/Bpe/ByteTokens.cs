using System.Globalization;

namespace Inference.Models.Tokenization.Bpe;

/// <summary>Byte-fallback tokens: <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
internal static class ByteTokens
{
    public const int Length = 6;

    public static string Name(int value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    /// <summary>Whether the text spells a byte; lower case digits do too.</summary>
    public static bool TryParse(ReadOnlySpan<char> token, out byte value)
    {
        value = 0;
        return token.Length == Length && token.StartsWith("<0x") && token[^1] == '>'
            && byte.TryParse(token[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
