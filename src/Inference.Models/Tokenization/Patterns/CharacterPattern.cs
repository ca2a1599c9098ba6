using System.Text;

namespace Inference.Models.Tokenization.Patterns;

/// <summary>Single code points of a kind; each one is a match of its own.</summary>
internal sealed class CharacterPattern(Func<Rune, bool> isMatch) : Pattern
{
    public override void Find(string text, int start, int end, List<(int Start, int End)> matches)
    {
        for (var i = start; i < end;)
        {
            var rune = Rune.GetRuneAt(text, i);
            var next = i + rune.Utf16SequenceLength;
            if (isMatch(rune)) matches.Add((i, next));
            i = next;
        }
    }
}
