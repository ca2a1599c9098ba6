namespace Inference.Models.Tokenization.Patterns;

/// <summary>GPT-2's split, which the ByteLevel pre-tokenizer uses: <see cref="Source"/> by hand, in linear time.</summary>
internal sealed class Gpt2Pattern : Pattern
{
    public const string Source = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override void Find(string text, int start, int end, List<(int Start, int End)> matches)
    {
        while (start < end)
        {
            var next = Next(text, start, end);
            matches.Add((start, next));
            start = next;
        }
    }

    private static int Next(string text, int start, int end)
    {
        if (text[start] == '\'' && Contraction.End(text, start, end, ignoreCase: false) is var after and > 0) return after;
        var first = CodePoints.ClassAt(text, start, out var length);
        if (text[start] == ' ' && start + 1 < end && CodePoints.ClassAt(text, start + 1, out _) is var second and not TextClass.Space)
            return Runs.End(text, start + 1, end, second);
        return first == TextClass.Space ? Runs.SpaceEnd(text, start, end) : Runs.End(text, start + length, end, first);
    }
}
