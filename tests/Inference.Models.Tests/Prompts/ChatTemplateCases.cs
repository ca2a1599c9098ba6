using System.Text.Json;
using Inference.Models.Prompts;

namespace Inference.Models.Tests.Prompts;

/// <summary>A conversation and what <c>apply_chat_template</c> of transformers makes of it with a template.</summary>
internal sealed record ChatTemplateCase(string Format, string Template, string Name, Message[] Messages, string Rendered)
{
    public int ImageCount => Messages.Sum(message => message.Parts.Count(part => part is ImagePart));

    public static IReadOnlyList<ChatTemplateCase> Load(string file = "chat-templates.json")
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Prompts", "Data", file)));
        return
        [
            .. from template in document.RootElement.GetProperty("templates").EnumerateArray()
               from entry in template.GetProperty("cases").EnumerateArray()
               select new ChatTemplateCase(
                   template.GetProperty("format").GetString()!,
                   template.GetProperty("template").GetString()!,
                   entry.GetProperty("name").GetString()!,
                   [.. entry.GetProperty("messages").EnumerateArray().Select(ReadMessage)],
                   entry.GetProperty("rendered").GetString()!),
        ];
    }

    // A part is its text, or null for an image.
    private static Message ReadMessage(JsonElement json) => new(
        Enum.Parse<ChatRole>(json.GetProperty("role").GetString()!, ignoreCase: true),
        [
            .. json.GetProperty("parts").EnumerateArray()
                .Select(part => part.GetString() is { } text ? (Part)new TextPart(text) : new ImagePart()),
        ]);
}
