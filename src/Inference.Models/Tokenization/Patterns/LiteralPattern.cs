namespace Inference.Models.Tokenization.Patterns;

/// <summary>A fixed string.</summary>
internal sealed class LiteralPattern(string literal) : Pattern
{
    public string Literal => literal;

    public override void Find(string text, int start, int end, List<(int Start, int End)> matches)
    {
        while (start < end)
        {
            var at = text.AsSpan(start, end - start).IndexOf(literal, StringComparison.Ordinal);
            if (at < 0) return;
            matches.Add((start + at, start + at + literal.Length));
            start += at + literal.Length;
        }
    }
}
