namespace Inference.Models.Tokenization.Normalizers;

/// <summary>Hangul syllables are composed by arithmetic (The Unicode Standard, section 3.12).</summary>
internal static class Hangul
{
    private const int Syllables = 0xAC00;
    private const int Leading = 0x1100;
    private const int Vowels = 0x1161;
    private const int Trailing = 0x11A7;
    private const int LeadingCount = 19;
    private const int VowelCount = 21;
    private const int TrailingCount = 28;
    private const int SyllableCount = LeadingCount * VowelCount * TrailingCount;

    public static bool TryDecompose(int codePoint, List<int> result)
    {
        var index = codePoint - Syllables;
        if (index is < 0 or >= SyllableCount) return false;
        result.Add(Leading + (index / (VowelCount * TrailingCount)));
        result.Add(Vowels + (index / TrailingCount % VowelCount));
        if (index % TrailingCount != 0) result.Add(Trailing + (index % TrailingCount));
        return true;
    }

    public static bool TryCompose(int first, int second, out int composite)
    {
        var (leading, vowel, syllable, trailing) = (first - Leading, second - Vowels, first - Syllables, second - Trailing);
        composite = 0;
        if (leading is >= 0 and < LeadingCount && vowel is >= 0 and < VowelCount)
            composite = Syllables + (((leading * VowelCount) + vowel) * TrailingCount);
        else if (syllable is >= 0 and < SyllableCount && syllable % TrailingCount == 0 && trailing is > 0 and < TrailingCount)
            composite = first + trailing;
        return composite != 0;
    }
}
