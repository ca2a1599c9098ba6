using System.Text;

namespace Inference.Models.Tokenization.Patterns;

/// <summary>
/// The gaps' complement of <c>\w+|[^\w\s]+</c>: runs of word characters and runs of what is neither word nor white space.
/// </summary>
internal sealed class WordRunPattern : Pattern
{
    public override void Find(string text, int start, int end, List<(int Start, int End)> matches)
    {
        var runStart = start;
        var runKind = Kind.Space;
        for (var i = start; i < end;)
        {
            var rune = Rune.GetRuneAt(text, i);
            var kind = Rune.IsWhiteSpace(rune) ? Kind.Space : CodePoints.IsWord(rune.Value) ? Kind.Word : Kind.Other;
            if (kind != runKind)
            {
                if (runKind != Kind.Space) matches.Add((runStart, i));
                (runStart, runKind) = (i, kind);
            }
            i += rune.Utf16SequenceLength;
        }
        if (runKind != Kind.Space) matches.Add((runStart, end));
    }

    private enum Kind
    {
        Space,
        Word,
        Other,
    }
}
