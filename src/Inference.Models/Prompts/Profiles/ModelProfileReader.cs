using System.Text.Json;
using Inference.Models.Regions;

namespace Inference.Models.Prompts.Profiles;

/// <summary>
/// Reads glassbox.json: <c>{"chat", "describe", "describe_in_detail", "locate", "exists", "verify", "yes": […], "no": […], "caption",
/// "claims": [{"find", "phrase"}], "box": {"format", "space", "decimals", "max"}}</c>, every key optional. Strict: an unknown key is an
/// error that lists the known ones.
/// </summary>
public static class ModelProfileReader
{
    /// <summary>Largest file.</summary>
    public const int MaxBytes = 64 << 10;

    private const int MaxClaimRules = 32;
    private const int MaxWords = 16;

    /// <summary>Overrides the keys of a profile.</summary>
    /// <exception cref="PromptException">Not JSON, an unknown key, a value of another type, a missing place.</exception>
    public static ModelProfile Read(ReadOnlyMemory<byte> json, ModelProfile basis)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions
            {
                MaxDepth = 4,
                AllowDuplicateProperties = false,
            });
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
                "verify" => profile with { Verify = Text(property, ModelProfile.ClaimPlace) },
                "yes" => profile with { Yes = Words(property) },
                "no" => profile with { No = Words(property) },
                "claims" => profile with { Claims = ReadClaims(property.Value) },
                "caption" => profile with { Caption = Text(property) },
                "box" => profile with { Box = ReadBox(property.Value, profile.Box) },
                _ => throw Invalid(
                    property.Name, "an unknown key",
                    "chat, describe, describe_in_detail, locate, exists, verify, yes, no, claims, caption, box"),
            };
        }
        return profile;
    }

    private static List<ClaimRule> ReadClaims(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > MaxClaimRules)
        {
            throw Invalid("claims", $"a JSON {json.ValueKind}", $"an array of up to {MaxClaimRules} objects");
        }
        return [.. json.EnumerateArray().Select(ReadClaim)];
    }

    private static ClaimRule ReadClaim(JsonElement json, int index)
    {
        (string find, string phrase) = ("", "$0");
        foreach (JsonProperty property in Properties(json, $"claims[{index}]"))
        {
            switch (property.Name)
            {
                case "find": find = Text(property); break;
                case "phrase": phrase = Text(property); break;
                default: throw Invalid($"claims[{index}].{property.Name}", "an unknown key", "find, phrase");
            }
        }
        try
        {
            return find.Length > 0
                ? new ClaimRule(find, phrase)
                : throw Invalid($"claims[{index}].find", "nothing", "a regular expression");
        }
        catch (ArgumentException)
        {
            throw Invalid($"claims[{index}].find", $"'{find}'", "a regular expression of .NET without look-around and back-references");
        }
    }

    private static string[] Words(JsonProperty property)
    {
        if (property.Value.ValueKind == JsonValueKind.Array
            && property.Value.EnumerateArray().All(word => word.ValueKind == JsonValueKind.String && word.GetString() is { Length: > 0 })
            && property.Value.GetArrayLength() is > 0 and <= MaxWords)
        {
            return [.. property.Value.EnumerateArray().Select(word => word.GetString()!)];
        }
        throw Invalid(property.Name, $"a JSON {property.Value.ValueKind}", $"an array of 1 to {MaxWords} words");
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
        if (property.Value.ValueKind != JsonValueKind.String)
            throw Invalid(property.Name, $"a JSON {property.Value.ValueKind}", "a string");
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
