namespace Inference.Models.Tokenization.Patterns;

/// <summary>
/// The split of Llama 3 (digits in threes) and of Qwen2 (digits one by one), by hand, in linear time. Both are
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>
/// but for the count of digits.
/// </summary>
internal sealed class WordPattern(int digits) : Pattern
{
    private const string Head = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}";
    private const string Tail = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string Llama3Source = Head + "{1,3}" + Tail;
    public const string Qwen2Source = Head + Tail;

    public override void Find(string text, int start, int end, List<(int Start, int End)> matches)
    {
        while (start < end)
        {
            var next = Next(text, start, end);
            matches.Add((start, next));
            start = next;
        }
    }

    private int Next(string text, int start, int end)
    {
        var unit = text[start];
        if (unit == '\'' && Contraction.End(text, start, end, ignoreCase: true) is var contraction and > 0) return contraction;
        var kind = CodePoints.ClassAt(text, start, out var length);
        if (kind == TextClass.Letter) return Runs.End(text, start, end, TextClass.Letter);
        if (kind == TextClass.Number) return Runs.End(text, start, end, TextClass.Number, digits);

        var second = start + length;
        var secondKind = second < end ? CodePoints.ClassAt(text, second, out _) : TextClass.Space;
        if (secondKind == TextClass.Letter && unit is not ('\r' or '\n')) return Runs.End(text, second, end, TextClass.Letter);
        if (kind == TextClass.Other) return SymbolsEnd(text, second, end);
        if (unit == ' ' && secondKind == TextClass.Other) return SymbolsEnd(text, second, end);
        return SpaceEnd(text, start, end);
    }

    private static int SymbolsEnd(string text, int start, int end)
    {
        start = Runs.End(text, start, end, TextClass.Other);
        while (start < end && text[start] is '\r' or '\n') start++;
        return start;
    }

    // A run that has line breaks is cut after its last one.
    private static int SpaceEnd(string text, int start, int end)
    {
        var runEnd = Runs.End(text, start, end, TextClass.Space);
        var lastBreak = text.AsSpan(start, runEnd - start).LastIndexOfAny('\r', '\n');
        return lastBreak >= 0 ? start + lastBreak + 1 : Runs.SpaceEnd(text, start, end);
    }
}
