using System.Text;
using System.Text.Json;
using Inference.Models.Gguf;

namespace Inference.Models.Prompts.Templates;

/// <summary>Finds the chat template of a model folder. It is read as data and never run.</summary>
public static class ChatTemplateFile
{
    private const long MaxFileBytes = 16 << 20;
    private const string Key = "chat_template";

    /// <summary>
    /// The template and the file it was found in, in the order of transformers' processors: the key <c>chat_template</c> of
    /// processor_config.json, that of chat_template.json, chat_template.jinja; last the key in tokenizer_config.json (of a list the one
    /// named <c>default</c>); or that of a GGUF file. Null when there is none.
    /// </summary>
    /// <exception cref="PromptException">A file is too large or not JSON.</exception>
    public static (string Template, string File)? Find(string folder)
    {
        if (GgufFile.IsNamed(folder)) return OfGguf(folder);
        ReadOnlySpan<string> files = ["processor_config.json", "chat_template.json", "chat_template.jinja", "tokenizer_config.json"];
        foreach (string file in files)
        {
            if (ReadCapped(folder, file) is not { } content) continue;
            string? template = file.EndsWith(".jinja", StringComparison.Ordinal)
                ? Encoding.UTF8.GetString(content)
                : ReadKey(content, file);
            if (template is not null) return (template, file);
        }
        return null;
    }

    private static (string Template, string File)? OfGguf(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return file.Metadata.Text($"tokenizer.{Key}") is { } template ? (template, file.Name) : null;
    }

    private static byte[]? ReadCapped(string folder, string name)
    {
        FileInfo file = new(Path.Combine(folder, name));
        if (!file.Exists) return null;
        if (file.Length > MaxFileBytes)
            throw new PromptException(PromptError.InvalidProfile, name, $"{file.Length} bytes", $"at most {MaxFileBytes} bytes");
        return File.ReadAllBytes(file.FullName);
    }

    private static string? ReadKey(byte[] json, string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(Key, out JsonElement value)) return null;
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Array => ReadDefault(value),
                _ => null,
            };
        }
        catch (JsonException)
        {
            throw new PromptException(PromptError.InvalidProfile, file, "text that is not JSON", "a JSON object");
        }
    }

    private static string? ReadDefault(JsonElement templates)
    {
        foreach (JsonElement entry in templates.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
                && name.GetString() == "default"
                && entry.TryGetProperty("template", out JsonElement template) && template.ValueKind == JsonValueKind.String)
                return template.GetString();
        }
        return null;
    }
}
