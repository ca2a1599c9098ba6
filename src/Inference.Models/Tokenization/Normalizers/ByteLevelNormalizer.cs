using System.Text;

namespace Inference.Models.Tokenization.Normalizers;

/// <summary>Writes every UTF-8 byte as one printable character.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        ByteLevel.Append(text, result);
        return result.ToString();
    }
}
