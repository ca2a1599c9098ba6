using System.Text;
using Inference.Models.Tokenization.Patterns;

namespace Inference.Models.Tokenization.Normalizers;

/// <summary>Puts a fixed string in the place of every match.</summary>
internal sealed class ReplaceNormalizer(Pattern pattern, string content) : INormalizer
{
    public string Normalize(string text)
    {
        if (pattern is LiteralPattern literal) return text.Replace(literal.Literal, content, StringComparison.Ordinal);

        var matches = new List<(int Start, int End)>();
        pattern.Find(text, 0, text.Length, matches);
        if (matches.Count == 0) return text;
        var result = new StringBuilder(text.Length);
        var last = 0;
        foreach (var (start, end) in matches)
        {
            result.Append(text, last, start - last).Append(content);
            last = end;
        }
        return result.Append(text, last, text.Length - last).ToString();
    }
}
