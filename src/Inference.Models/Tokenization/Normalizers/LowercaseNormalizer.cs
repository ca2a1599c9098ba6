using System.Text;

namespace Inference.Models.Tokenization.Normalizers;

/// <summary>Lower case, code point by code point, without regard to context.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            // The one letter whose lower case is two code points, which simple case mapping does not know.
            if (rune.Value == 0x130)
                result.Append("i\u0307");
            else
                result.Append(units[..Rune.ToLowerInvariant(rune).EncodeToUtf16(units)]);
        }
        return result.ToString();
    }
}
