namespace Inference.Decoding.Speculation;

/// <summary>
/// Prompt lookup: what followed the last tokens when they stood in the sequence before is guessed to follow again (Saxena 2023,
/// https://github.com/apoorvumang/prompt-lookup-decoding). The longest tail that is found counts, at its latest place.
/// </summary>
/// <param name="capacity">Most tokens of the sequence.</param>
public sealed class NgramDrafter(int capacity)
{
    private const int LongestTail = 4;
    private const int ShortestTail = 2;
    private readonly int[] _tokens = new int[capacity];
    private int _count;

    /// <summary>A token of the prompt, or one that was generated.</summary>
    public void Append(int token) => _tokens[_count++] = token;

    /// <summary>Guesses the next tokens.</summary>
    /// <param name="drafts">Room for them.</param>
    /// <returns>How many; 0 where nothing in the sequence looks like its end.</returns>
    public int Draft(Span<int> drafts)
    {
        var tokens = _tokens.AsSpan(0, _count);
        for (var tail = Math.Min(LongestTail, _count - 1); tail >= ShortestTail; tail--)
        {
            // The tail itself is no earlier place.
            var found = tokens[..^1].LastIndexOf(tokens[^tail..]);
            if (found >= 0)
            {
                return Copy(tokens, found + tail, drafts);
            }
        }

        return 0;
    }

    // Behind the end of the sequence the guesses themselves go on: a period is repeated however short it is.
    private static int Copy(ReadOnlySpan<int> tokens, int from, Span<int> drafts)
    {
        for (var i = 0; i < drafts.Length; i++)
        {
            drafts[i] = from + i < tokens.Length ? tokens[from + i] : drafts[from + i - tokens.Length];
        }

        return drafts.Length;
    }
}
