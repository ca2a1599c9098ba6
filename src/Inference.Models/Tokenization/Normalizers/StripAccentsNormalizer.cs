using System.Text;
using Inference.Models.Tokenization.Patterns;

namespace Inference.Models.Tokenization.Normalizers;

/// <summary>Removes combining marks.</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
            if (!CodePoints.IsMark(rune.Value))
                result.Append(units[..rune.EncodeToUtf16(units)]);
        return result.ToString();
    }
}
