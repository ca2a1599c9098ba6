using System.Text.Json;

namespace Inference.Grounding.Evaluation;

/// <summary>The object of one line and where it stands.</summary>
internal readonly record struct JsonLine(string File, int Number, JsonElement Value)
{
    /// <summary>How messages name the line.</summary>
    public string Place => $"{File} line {Number}";

    /// <summary>A member that must be a string.</summary>
    /// <exception cref="EvaluationException">It is missing or something else.</exception>
    public string Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } value
        ? Decode(name, value)
        : throw Refuse(name, "a string");

    /// <summary>A member that names something by a whole number or a string; 7 and "7" are the same.</summary>
    /// <exception cref="EvaluationException">It is missing or something else.</exception>
    public string Key(string name) => Member(name) switch
    {
        { ValueKind: JsonValueKind.String } value => Decode(name, value),
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number.ToString(),
        _ => throw Refuse(name, "a whole number or a string"),
    };

    /// <summary>A value's kind in words.</summary>
    public static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private JsonElement Member(string name) => Value.TryGetProperty(name, out var value) ? value : default;

    // Escapes may spell half of a surrogate pair, which is no text.
    private string Decode(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new EvaluationException($"{Place}: \"{name}\"", "a string that is not Unicode", "valid UTF-8 and whole surrogate pairs");
        }
    }

    private EvaluationException Refuse(string name, string allowed)
    {
        var value = Member(name);
        var found = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Describe(value.ValueKind);
        return new EvaluationException($"{Place}: \"{name}\"", found.Length > 40 ? "a number" : found, allowed);
    }
}
