using System.Text.Json;

namespace Inference.Models.Imaging.Processors;

/// <summary>Typed access to a JSON object; what cannot be read is refused with file and key. A null counts as absent.</summary>
internal sealed class ConfigObject(string file, JsonElement json)
{
    private const int MaxSide = 16_384;

    public IEnumerable<JsonProperty> Properties => json.EnumerateObject();

    public JsonElement? Value(string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public bool Flag(string key, bool absent) => Value(key) switch
    {
        null => absent,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Refuse(key, $"{Shown(other)} is neither true nor false"),
    };

    public int Side(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int side) && side is >= 1 and <= MaxSide
            ? side : throw Refuse(key, $"{Shown(value)} is not a whole number from 1 to {MaxSide}");

    public double Number(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number : throw Refuse(key, $"{Shown(value)} is not a number");

    /// <summary>The keys of a size that are not null, in order of the alphabet.</summary>
    public static string[] Keys(JsonElement size) =>
    [
        .. size.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).Select(p => p.Name)
            .Distinct().Order(StringComparer.Ordinal),
    ];

    public static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }

    public ImageProcessorException Refuse(string key, string problem) => new(file, key, problem);

    public (int Height, int Width) Rectangle(string key, JsonElement size, string allowed)
    {
        if (size.ValueKind == JsonValueKind.Array && size.GetArrayLength() == 2)
            return (Side(key, size[0]), Side(key, size[1]));
        if (size.ValueKind == JsonValueKind.Object && Keys(size) is ["height", "width"])
            return (Side($"{key}.height", size.GetProperty("height")), Side($"{key}.width", size.GetProperty("width")));
        throw Refuse(key, $"{Shown(size)} is not implemented; {allowed} are allowed");
    }

    public double[] Channels(string key, double[] absent)
    {
        if (Value(key) is not { } value)
            return absent;
        if (value.ValueKind == JsonValueKind.Number)
            return [.. Enumerable.Repeat(Number(key, value), 3)];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3)
            throw Refuse(key, $"{Shown(value)}: three numbers are needed");
        return [.. value.EnumerateArray().Select(v => Number(key, v))];
    }
}
