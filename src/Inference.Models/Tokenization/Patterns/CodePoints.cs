using System.Globalization;
using System.Text;

namespace Inference.Models.Tokenization.Patterns;

/// <summary>What the Split patterns ask of a code point.</summary>
internal enum TextClass : byte
{
    Other,
    Letter,
    Number,
    Space,
}

/// <summary>Unicode properties by code point, where .NET's <c>char</c> methods and <c>\p{..}</c> only see UTF-16 units.</summary>
internal static class CodePoints
{
    private static readonly byte[] BasicPlane = Classify();

    /// <summary>
    /// <c>\p{L}</c>, <c>\p{N}</c>, <c>\s</c> or neither, and how many UTF-16 units the code point at <paramref name="index"/> takes.
    /// </summary>
    public static TextClass ClassAt(string text, int index, out int length)
    {
        var unit = text[index];
        if (!char.IsHighSurrogate(unit))
        {
            length = 1;
            return (TextClass)BasicPlane[unit];
        }
        length = 2;
        return ClassOf(char.ConvertToUtf32(unit, text[index + 1]));
    }

    public static bool IsNumber(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    public static bool IsMark(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary><c>\w</c>: Alphabetic, marks, decimal digits, connector punctuation and the join controls (UTS 18, annex C).</summary>
    public static bool IsWord(int codePoint)
    {
        var category = CharUnicodeInfo.GetUnicodeCategory(codePoint);
        return category <= UnicodeCategory.OtherLetter
            || category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
            || codePoint is 0x200C or 0x200D || IsAlphabeticSymbol(codePoint);
    }

    /// <summary>ASCII punctuation and symbols, and the punctuation categories beyond.</summary>
    public static bool IsPunctuation(int codePoint) => codePoint < 128
        ? char.IsPunctuation((char)codePoint) || char.IsSymbol((char)codePoint)
        : CharUnicodeInfo.GetUnicodeCategory(codePoint) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    // Circled, squared and negative letters are symbols by category and alphabetic by property.
    private static bool IsAlphabeticSymbol(int codePoint) => codePoint
        is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;

    private static TextClass ClassOf(int codePoint)
    {
        if (CharUnicodeInfo.GetUnicodeCategory(codePoint) <= UnicodeCategory.OtherLetter) return TextClass.Letter;
        if (IsNumber(codePoint)) return TextClass.Number;
        return Rune.IsValid(codePoint) && Rune.IsWhiteSpace(new Rune(codePoint)) ? TextClass.Space : TextClass.Other;
    }

    private static byte[] Classify()
    {
        var classes = new byte[0x10000];
        for (var i = 0; i < classes.Length; i++) classes[i] = (byte)ClassOf(i);
        return classes;
    }
}
