using System.Buffers;
using System.Text;
using Inference.Models.Tokenization.Patterns;

namespace Inference.Models.Tokenization.AddedTokens;

/// <summary>Cuts a text at the added tokens in it.</summary>
internal sealed class AddedTokenScanner(TokenTrie trie)
{
    /// <summary>A token, or text where <paramref name="Token"/> is null.</summary>
    public readonly record struct Segment(AddedToken? Token, int Start, int End);

    public bool FindsNothing => trie.IsEmpty;

    /// <summary>Appends segments that cover the text in order; white space that a token takes along belongs to it.</summary>
    public void Scan(string text, ProtectedRanges? userText, List<Segment> segments)
    {
        var textStart = 0;
        var next = 0;
        while (trie.FindFirst(text, next, text.Length) is var (token, start))
        {
            var end = start + token.Pattern.Length;
            next = end;
            if (userText?.ResumeAfter(token, start, end) is { } resume)
            {
                next = resume;
                continue;
            }
            if (token.SingleWord && (EndsWithWord(text, start) || StartsWithWord(text, end))) continue;

            if (token.StripLeft)
                while (start > textStart && char.IsWhiteSpace(text[start - 1]))
                    start--;
            if (token.StripRight)
                while (end < text.Length && char.IsWhiteSpace(text[end]))
                    end++;
            if (start > textStart) segments.Add(new Segment(null, textStart, start));
            segments.Add(new Segment(token, start, end));
            textStart = end;
        }
        if (textStart < text.Length) segments.Add(new Segment(null, textStart, text.Length));
    }

    private static bool EndsWithWord(string text, int end) =>
        end > 0 && Rune.DecodeLastFromUtf16(text.AsSpan(0, end), out var rune, out _) == OperationStatus.Done
        && CodePoints.IsWord(rune.Value);

    private static bool StartsWithWord(string text, int start) =>
        start < text.Length && Rune.TryGetRuneAt(text, start, out var rune) && CodePoints.IsWord(rune.Value);
}
