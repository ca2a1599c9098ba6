using System.Text;

namespace Inference.Models.Tokenization;

/// <summary>
/// GPT-2's alphabet: printable Latin-1 bytes stand for themselves, the others for the code points from 256 on.
/// </summary>
internal static class ByteLevel
{
    private static readonly char[] Characters = BuildCharacters();
    private static readonly short[] Bytes = BuildBytes();

    public static void Append(ReadOnlySpan<char> text, StringBuilder result)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            for (var i = 0; i < length; i++) result.Append(Characters[bytes[i]]);
        }
    }

    /// <summary>The byte a character stands for; false for a character outside the alphabet.</summary>
    public static bool TryGetByte(char character, out byte value)
    {
        var found = character < Bytes.Length ? Bytes[character] : -1;
        value = (byte)found;
        return found >= 0;
    }

    private static bool IsItself(int value) => value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;

    private static char[] BuildCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var i = 0; i < characters.Length; i++) characters[i] = (char)(IsItself(i) ? i : next++);
        return characters;
    }

    private static short[] BuildBytes()
    {
        var bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var i = 0; i < Characters.Length; i++) bytes[Characters[i]] = (short)i;
        return bytes;
    }
}
