using System.Text.Json;

namespace Inference.Models.Tokenization.Reading;

/// <summary>A value of the file together with where it stands, so that every complaint can say so.</summary>
internal readonly struct JsonField(JsonElement value, string file, string path)
{
    public JsonElement Value => value;

    public string Path => path;

    public JsonValueKind Kind => value.ValueKind;

    public TokenizerException Error(string problem, Exception? cause = null) => new(file, path, problem, cause);

    /// <summary>The member, or null where it is absent or JSON null.</summary>
    public JsonField? Optional(string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Error($"an object is needed here, found {Describe()}");
        return value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? new JsonField(member, file, $"{path}.{name}")
            : null;
    }

    public JsonField Required(string name) => Optional(name) ?? throw Error($"'{name}' is missing");

    public JsonField this[int index] => new(value[index], file, $"{path}[{index}]");

    public JsonField Member(JsonProperty property) => new(property.Value, file, $"{path}['{property.Name}']");

    /// <summary>The length of an array that may hold at most <paramref name="limit"/> entries.</summary>
    public int Count(int limit)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw Error($"an array is needed here, found {Describe()}");
        var count = value.GetArrayLength();
        return count <= limit ? count : throw Error($"{count} entries, at most {limit} are allowed");
    }

    public string Text() => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw Error($"a string is needed here, found {Describe()}");

    /// <summary>A string that is not empty.</summary>
    public string Content()
    {
        var text = Text();
        return text.Length > 0 ? text : throw Error("the string must not be empty");
    }

    public bool Flag() => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"true or false is needed here, found {Describe()}"),
    };

    public int Number(int limit) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 && number <= limit
        ? number
        : throw Error($"a whole number from 0 to {limit} is needed here, found {Describe()}");

    public bool FlagOr(string name, bool absent) => Optional(name) is { } member ? member.Flag() : absent;

    private string Describe() => value.ValueKind switch
    {
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText() is { Length: <= 32 } raw
            ? raw
            : "a long number",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        _ => "null",
    };
}
