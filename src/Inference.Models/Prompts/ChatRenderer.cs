using System.Text;

namespace Inference.Models.Prompts;

/// <summary>
/// Writes a conversation in a chat format, as <c>apply_chat_template</c> of transformers does with the template of that format.
/// </summary>
/// <remarks>
/// A conversation that ends with the user is followed by the generation prompt. One that ends with the assistant is left open after its
/// last text, so that the model continues it (<c>continue_final_message</c>).
/// </remarks>
public sealed class ChatRenderer
{
    private readonly List<ChatSegment> _segments = [];
    private readonly StringBuilder _literal = new();
    private readonly ChatFormat _format;
    private int _images;

    private ChatRenderer(ChatFormat format) => _format = format;

    /// <summary>Renders a conversation.</summary>
    /// <param name="format">The model's chat format.</param>
    /// <param name="messages">The turns, oldest first.</param>
    /// <param name="imageCount">Number of images given; as many image parts must be there.</param>
    /// <exception cref="PromptException">The messages do not fit the format, or the counts differ.</exception>
    public static IReadOnlyList<ChatSegment> Render(ChatFormat format, IReadOnlyList<Message> messages, int imageCount)
    {
        MessageValidator.Check(format, messages, imageCount);
        ChatRenderer renderer = new(format);
        renderer.Literal(format.Prefix);
        if (messages[0].Role != ChatRole.System) renderer.Literal(format.DefaultSystem);
        for (int i = 0; i < messages.Count; i++)
            renderer.Turn(messages[i], open: i == messages.Count - 1 && messages[i].Role == ChatRole.Assistant);
        if (messages[^1].Role != ChatRole.Assistant) renderer.Literal(format.GenerationPrompt);
        renderer.EndLiteral();
        return renderer._segments;
    }

    /// <summary>The whole prompt as one string, images written as <paramref name="imageToken"/>.</summary>
    public static string Join(IReadOnlyList<ChatSegment> segments, string imageToken = "<image>") =>
        string.Concat(segments.Select(segment => segment.Kind == SegmentKind.Image ? imageToken : segment.Text));

    private void Turn(Message message, bool open)
    {
        TurnFormat turn = _format.Of(message.Role)!;
        IReadOnlyList<Part> parts = _format.ImagesFirst ? [.. message.Parts.OrderBy(part => part is ImagePart ? 0 : 1)] : message.Parts;
        Literal(turn.Open);
        if (parts[0] is TextPart) Literal(turn.OpenBeforeText);
        for (int i = 0; i < parts.Count; i++)
        {
            bool last = open && i == parts.Count - 1;
            if (parts[i] is TextPart text) Text(turn, text.Text, last);
            else Image(turn);
        }
        if (!open) Literal(turn.Close);
    }

    private void Text(TurnFormat turn, string text, bool open)
    {
        Literal(turn.BeforeText);
        if (text.Length > 0)
        {
            EndLiteral();
            _segments.Add(new ChatSegment(SegmentKind.Text, text));
        }
        if (!open) Literal(turn.AfterText);
    }

    private void Image(TurnFormat turn)
    {
        EndLiteral();
        _segments.Add(new ChatSegment(SegmentKind.Image, "", _images++));
        Literal(turn.AfterImage);
    }

    private void Literal(string text) => _literal.Append(text);

    private void EndLiteral()
    {
        if (_literal.Length == 0) return;
        _segments.Add(new ChatSegment(SegmentKind.Template, _literal.ToString()));
        _literal.Clear();
    }
}
