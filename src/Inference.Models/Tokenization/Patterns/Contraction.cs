namespace Inference.Models.Tokenization.Patterns;

/// <summary>English endings after an apostrophe: 's 't 're 've 'm 'll 'd.</summary>
internal static class Contraction
{
    /// <summary>The end of the contraction whose apostrophe stands at <paramref name="start"/>, or 0.</summary>
    public static int End(string text, int start, int end, bool ignoreCase)
    {
        if (start + 1 >= end) return 0;
        var first = Fold(text[start + 1], ignoreCase);
        if (first is 's' or 't' or 'm' or 'd') return start + 2;
        if (start + 2 >= end) return 0;
        var second = Fold(text[start + 2], ignoreCase);
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? start + 3 : 0;
    }

    private static char Fold(char letter, bool ignoreCase)
    {
        if (!ignoreCase) return letter;
        // U+017F, the long s, folds to s.
        return letter == '\u017F' ? 's' : char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter;
    }
}
