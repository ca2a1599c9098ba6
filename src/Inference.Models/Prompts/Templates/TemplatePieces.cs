using System.Text;

namespace Inference.Models.Prompts.Templates;

/// <summary>
/// What a chat template can emit, in the order it is written: runs of literal text and of the values it inserts, as <c>{role}</c>,
/// <c>{text}</c> and so on. Statements only separate the runs; nothing is executed. Two templates that differ in layout alone give the
/// same pieces, which is what known templates are recognised by.
/// </summary>
internal static class TemplatePieces
{
    /// <summary>Ends a piece in the joined form; no template contains it.</summary>
    public const char Separator = '\u241E';

    /// <summary>
    /// The pieces of a template joined by <see cref="Separator"/>, without video pieces and repetitions of the piece before.
    /// </summary>
    public static string Read(string template)
    {
        List<string> pieces = [];
        StringBuilder piece = new();
        int at = 0;
        bool trimStart = false, afterBlock = false;
        while (at < template.Length)
        {
            int tag = NextTag(template, at);
            bool atEnd = tag == template.Length;
            char kind = atEnd ? '\0' : template[tag + 1];
            int close = atEnd ? tag : FindClose(template, tag + 2, kind);
            bool trimEnd = !atEnd && template[tag + 2] == '-';
            piece.Append(Raw(template[at..tag], trimStart, afterBlock, trimEnd, kind is '%' or '#'));
            if (atEnd) break;
            string body = template[(tag + 2)..close];
            if (kind == '{') piece.Append(ExpressionReader.Read(body.Trim('-', ' ', '\n', '\t', '\r')));
            else if (kind == '%' && !IsGenerationMark(body)) EndPiece(pieces, piece);
            trimStart = body.EndsWith('-');
            afterBlock = kind is '%' or '#';
            at = close + 2;
        }
        EndPiece(pieces, piece);
        return string.Join(Separator, pieces);
    }

    // The next tag that is closed; an unclosed one is text.
    private static int NextTag(string template, int from)
    {
        for (int i = from; i + 2 < template.Length; i++)
            if (template[i] == '{' && template[i + 1] is '{' or '%' or '#' && FindClose(template, i + 2, template[i + 1]) >= 0) return i;
        return template.Length;
    }

    private static int FindClose(string template, int from, char kind)
    {
        char quote = '\0';
        for (int i = from; i + 1 < template.Length; i++)
        {
            char c = template[i];
            if (quote != '\0')
            {
                if (c == '\\') i++;
                else if (c == quote) quote = '\0';
            }
            else if (kind != '#' && c is '\'' or '"') quote = c;
            else if (template[i + 1] == '}' && c == (kind == '{' ? '}' : kind)) return i;
        }
        return -1;
    }

    // Whitespace control: explicit dashes, and trim_blocks and lstrip_blocks as transformers sets them.
    private static string Raw(string text, bool trimStart, bool afterBlock, bool trimEnd, bool beforeBlock)
    {
        if (afterBlock && text.StartsWith('\n')) text = text[1..];
        if (beforeBlock)
        {
            string stripped = text.TrimEnd(' ', '\t');
            if (stripped.Length == 0 ? afterBlock : stripped.EndsWith('\n')) text = stripped;
        }
        if (trimStart) text = text.TrimStart();
        return trimEnd ? text.TrimEnd() : text;
    }

    private static bool IsGenerationMark(string body) => body.Trim('-', ' ') is "generation" or "endgeneration";

    private static void EndPiece(List<string> pieces, StringBuilder piece)
    {
        string text = piece.ToString();
        piece.Clear();
        if (text.Length == 0 || text.StartsWith("<video>", StringComparison.Ordinal) || (pieces.Count > 0 && pieces[^1] == text)) return;
        pieces.Add(text);
    }
}
