using System.Text;
using Glassbox.V1;
using Inference.Grounding;
using Inference.Models.Prompts;
using Inference.Server.Errors;
using Inference.Server.Images;
using Message = Inference.Models.Prompts.Message;
using Part = Inference.Models.Prompts.Part;

namespace Inference.Server.Requests;

/// <summary>Turns of a request with the images they show.</summary>
/// <param name="Messages">The turns; the n-th image part shows the n-th image.</param>
/// <param name="Images">The images that can be used; as many as image parts unless there are violations.</param>
internal sealed record Conversation(IReadOnlyList<Message> Messages, IReadOnlyList<RequestImage> Images);

/// <summary>Reads the messages of a request; notes everything that is wrong with them.</summary>
internal sealed class ConversationReader(ServedModel model, RequestLimits limits, ImageInspector inspector, Violations violations)
{
    private readonly List<RequestImage> _images = [];
    private int _imageParts;
    private long _textBytes;

    public Conversation Read(IReadOnlyList<Glassbox.V1.Message> messages)
    {
        if (messages.Count == 0)
        {
            violations.Add("messages", "none", "at least one message");
        }
        else if (messages.Count > limits.MaxMessages)
        {
            violations.AddExceeded("messages", "messages", ErrorReasons.TooManyMessages, messages.Count, limits.MaxMessages);
            return new Conversation([], []);
        }
        else if (messages[^1].Role is Role.System or Role.Assistant)
        {
            violations.Add($"messages[{messages.Count - 1}].role", Name(messages[^1].Role), "ROLE_USER as the last message");
        }

        var turns = messages.Select(ReadTurn).ToArray();
        if (_textBytes > limits.MaxTextBytes)
        {
            violations.AddExceeded("messages", "bytes of text", ErrorReasons.TextTooLong, _textBytes, limits.MaxTextBytes);
        }

        if (_imageParts > limits.MaxImages)
        {
            violations.AddExceeded("messages", "images", ErrorReasons.TooManyImages, _imageParts, limits.MaxImages);
        }

        return new Conversation(turns, _images);
    }

    private Message ReadTurn(Glassbox.V1.Message message, int index)
    {
        var field = $"messages[{index}]";
        var role = ReadRole(message.Role, index, field);
        if (message.Parts.Count == 0)
        {
            violations.Add($"{field}.parts", "none", "at least one part");
        }

        return new Message(role, [.. message.Parts.Select((part, i) => ReadPart(part, role, $"{field}.parts[{i}]"))]);
    }

    private ChatRole ReadRole(Role role, int index, string field)
    {
        ChatRole? known = role switch
        {
            Role.System => ChatRole.System,
            Role.User => ChatRole.User,
            Role.Assistant => ChatRole.Assistant,
            _ => null,
        };
        if (known is null || model.Chat.Of(known.Value) is null)
        {
            violations.Add($"{field}.role", Name(role), $"{Roles()} for the model '{model.Name}'");
        }
        else if (known == ChatRole.System && index > 0)
        {
            violations.Add($"{field}.role", Name(role), "ROLE_SYSTEM as the first message only");
        }
        else if (known == ChatRole.User && index > 0 && model.Chat.Assistant is null)
        {
            violations.Add(field, "a second question", $"a single question: the chat format of the model '{model.Name}' knows no turns");
        }

        return known ?? ChatRole.User;
    }

    private Part ReadPart(Glassbox.V1.Part part, ChatRole role, string field)
    {
        switch (part.ContentCase)
        {
            case Glassbox.V1.Part.ContentOneofCase.Text:
                _textBytes += Encoding.UTF8.GetByteCount(part.Text);
                return new TextPart(part.Text);
            case Glassbox.V1.Part.ContentOneofCase.Image:
                ReadImage(part.Image, role, $"{field}.image");
                return new ImagePart();
            default:
                violations.Add(field, "nothing", "text or image");
                return new TextPart("");
        }
    }

    private void ReadImage(ImageSource source, ChatRole role, string field)
    {
        if (role != ChatRole.User)
        {
            violations.Add(field, "an image outside of a user turn", "images in user turns");
        }
        else if (model.Model.Processor is null || !model.Chat.TakesImages)
        {
            violations.Add(field, "an image", $"text: the model '{model.Name}' takes no images");
        }
        else if (++_imageParts <= limits.MaxImages && inspector.Inspect(source, field) is { } image)
        {
            _images.Add(image);
        }
    }

    private string Roles() => string.Join(", ", new[] { Role.System, Role.User, Role.Assistant }.Where(role => model.Chat.Of(role switch
    {
        Role.System => ChatRole.System,
        Role.User => ChatRole.User,
        _ => ChatRole.Assistant,
    }) is not null).Select(Name));

    private static string Name(Role role) => role switch
    {
        Role.Unspecified => "ROLE_UNSPECIFIED",
        Role.System => "ROLE_SYSTEM",
        Role.User => "ROLE_USER",
        Role.Assistant => "ROLE_ASSISTANT",
        _ => $"{(int)role}",
    };
}
