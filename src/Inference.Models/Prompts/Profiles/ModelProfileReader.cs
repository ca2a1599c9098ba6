using System.Text.Json;
using Inference.Models.Regions;

namespace Inference.Models.Prompts.Profiles;

/// <summary>
/// Reads glassbox.json: <c>{"chat", "describe", "describe_in_detail", "locate", "exists", "caption", "box": {"format", "space", "decimals",
/// "max"}}</c>, every key optional. Strict: an unknown key is an error that lists the known ones.
/// </summary>
public static class ModelProfileReader
{
    /// <summary>Largest file.</summary>
    public const int MaxBytes = 64 << 10;

    /// <summary>Overrides the keys of a profile.</summary>
    /// <exception cref="PromptException">Not JSON, an unknown key, a value of another type, a missing place.</exception>
    public static ModelProfile Read(ReadOnlyMemory<byte> json, ModelProfile basis)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            return Read(document.RootElement, basis);
        }
        catch (JsonException)
        {
            throw Invalid("", "text that is not a JSON object with distinct keys", "a JSON object");
        }
    }

    private static ModelProfile Read(JsonElement root, ModelProfile profile)
    {
        foreach (JsonProperty property in Properties(root, ""))
        {
            profile = property.Name switch
            {
                "chat" => profile with { Chat = Text(property) },
                "describe" => profile with { Describe = Text(property, ModelProfile.BoxPlace) },
                "describe_in_detail" => profile with { DescribeInDetail = Text(property, ModelProfile.BoxPlace) },
                "locate" => profile with { Locate = Text(property, ModelProfile.PhrasePlace) },
                "exists" => profile with { Exists = Text(property, ModelProfile.PhrasePlace) },
                "caption" => profile with { Caption = Text(property) },
                "box" => profile with { Box = ReadBox(property.Value, profile.Box) },
                _ => throw Invalid(property.Name, "an unknown key", "chat, describe, describe_in_detail, locate, exists, caption, box"),
            };
        }
        return profile;
    }

    private static BoxFormat ReadBox(JsonElement json, BoxFormat basis)
    {
        (string template, CoordinateSpace space, int decimals, double? max) = (basis.Template, basis.Space, basis.Decimals, null);
        foreach (JsonProperty property in Properties(json, "box"))
        {
            switch (property.Name)
            {
                case "format": template = Text(property); break;
                case "space": space = Space(property); break;
                case "decimals": decimals = Integer(property); break;
                case "max": max = Number(property); break;
                default: throw Invalid($"box.{property.Name}", "an unknown key", "format, space, decimals, max");
            }
        }
        // The largest value belongs to the space; it is only inherited together with it.
        return new BoxFormat(template, space, decimals, max ?? (space == basis.Space ? basis.Max : BoxFormat.Extent(space)));
    }

    private static CoordinateSpace Space(JsonProperty property) => Text(property) switch
    {
        "0..1" => CoordinateSpace.Unit,
        "0..1000" => CoordinateSpace.Thousand,
        "pixels" => CoordinateSpace.Pixels,
        string other => throw Invalid("box.space", $"'{other}'", "0..1, 0..1000, pixels"),
    };

    private static JsonElement.ObjectEnumerator Properties(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : throw Invalid(key, $"a JSON {json.ValueKind}", "a JSON object");

    private static string Text(JsonProperty property, string place = "")
    {
        if (property.Value.ValueKind != JsonValueKind.String) throw Invalid(property.Name, $"a JSON {property.Value.ValueKind}", "a string");
        string text = property.Value.GetString()!;
        return text.Contains(place, StringComparison.Ordinal) ? text : throw Invalid(property.Name, $"'{text}'", $"a text with {place}");
    }

    private static double Number(JsonProperty property)
    {
        if (property.Value.ValueKind == JsonValueKind.Number) return property.Value.GetDouble();
        throw Invalid($"box.{property.Name}", $"a JSON {property.Value.ValueKind}", "a number");
    }

    private static int Integer(JsonProperty property)
    {
        if (property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out int value)) return value;
        throw Invalid($"box.{property.Name}", property.Value.GetRawText(), "a whole number");
    }

    private static PromptException Invalid(string key, string found, string allowed) =>
        new(PromptError.InvalidProfile, key.Length == 0 ? ModelProfile.FileName : $"{ModelProfile.FileName}: {key}", found, allowed);
}
