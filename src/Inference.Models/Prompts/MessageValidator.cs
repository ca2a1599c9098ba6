namespace Inference.Models.Prompts;

/// <summary>Checks that a conversation can be written in a chat format.</summary>
internal static class MessageValidator
{
    /// <exception cref="PromptException">It cannot.</exception>
    public static void Check(ChatFormat format, IReadOnlyList<Message> messages, int imageCount)
    {
        if (messages.Count == 0) throw Invalid("messages", "none", "at least one message");
        int places = 0;
        for (int i = 0; i < messages.Count; i++)
        {
            CheckTurn(format, messages[i], i);
            places += messages[i].Parts.Count(part => part is ImagePart);
        }
        if (messages[^1].Role == ChatRole.System)
            throw Invalid($"messages[{messages.Count - 1}].role", "system", "user or assistant as the last message");
        if (places != imageCount)
        {
            throw new PromptException(
                PromptError.ImageCount, "messages", $"{places} image parts for {imageCount} images", "one image part for each image");
        }
        if (places > 0 && !format.TakesImages)
            throw Invalid("messages", "an image part", "text only: the model's chat pattern in glassbox.json has no <image>");
    }

    private static void CheckTurn(ChatFormat format, Message message, int index)
    {
        string field = $"messages[{index}]";
        if (format.Of(message.Role) is null)
            throw Invalid($"{field}.role", Name(message.Role), $"{string.Join(", ", Roles(format))} in the chat format '{format.Name}'");
        if (message.Role == ChatRole.System && index > 0) throw Invalid($"{field}.role", "system", "system as the first message only");
        if (message.Parts.Count == 0) throw Invalid($"{field}.parts", "none", "at least one part");
        if (message.Role == ChatRole.User)
        {
            if (index > 0 && format.Assistant is null)
                throw Invalid(field, "a second message", $"one user message in the chat format '{format.Name}'");
            return;
        }
        for (int i = 0; i < message.Parts.Count; i++)
        {
            if (message.Parts[i] is ImagePart)
                throw Invalid($"{field}.parts[{i}]", $"an image of the role {Name(message.Role)}", "images in user messages");
        }
    }

    private static IEnumerable<string> Roles(ChatFormat format) =>
        Enum.GetValues<ChatRole>().Where(role => format.Of(role) is not null).Select(Name);

    private static string Name(ChatRole role) => role switch
    {
        ChatRole.System => "system",
        ChatRole.User => "user",
        ChatRole.Assistant => "assistant",
        _ => "unknown",
    };

    private static PromptException Invalid(string field, string found, string allowed) =>
        new(PromptError.InvalidMessages, field, found, allowed);
}
