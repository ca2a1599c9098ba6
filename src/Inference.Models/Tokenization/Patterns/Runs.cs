namespace Inference.Models.Tokenization.Patterns;

/// <summary>Runs of code points of one class.</summary>
internal static class Runs
{
    /// <summary>
    /// Where the run of <paramref name="kind"/> that covers <paramref name="start"/> ends, after at most <paramref name="most"/> code
    /// points.
    /// </summary>
    public static int End(string text, int start, int end, TextClass kind, int most = int.MaxValue)
    {
        for (; start < end && most > 0; most--)
        {
            if (CodePoints.ClassAt(text, start, out var length) != kind) break;
            start += length;
        }
        return start;
    }

    /// <summary>
    /// The end of <c>\s+(?!\S)|\s+</c> at <paramref name="start"/>: white space before more text leaves its last character to what
    /// follows, unless it is the only one.
    /// </summary>
    public static int SpaceEnd(string text, int start, int end)
    {
        var runEnd = End(text, start, end, TextClass.Space);
        // Every white space character is one UTF-16 unit.
        return runEnd == end || runEnd == start + 1 ? runEnd : runEnd - 1;
    }
}
