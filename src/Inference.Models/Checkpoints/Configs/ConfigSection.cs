using System.Text.Json;

namespace Inference.Models.Checkpoints;

/// <summary>
/// One JSON object of a configuration file. It remembers which keys were read, so that the rest can be reported, and its errors name
/// file, key, value found and what is allowed.
/// </summary>
internal sealed class ConfigSection(string file, string path, JsonElement element)
{
    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}"u8);

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public string FileName => file;

    public string KeyPath(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>The key is there, perhaps as null.</summary>
    public bool Has(string key) => element.TryGetProperty(key, out _);

    /// <summary>The value, or null where the key is missing or null.</summary>
    public JsonElement? Value(string key)
    {
        _read.Add(key);
        return Peek(key);
    }

    /// <summary>As <see cref="Value"/>, without marking the key as read.</summary>
    public JsonElement? Peek(string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public int Int(string key, int fallback, int least = 1, int most = ConfigLimits.Size) =>
        Value(key) is { } value ? ToInt(key, value, least, most) : NotNull(key, fallback);

    /// <summary>Null where the file says null; <paramref name="fallback"/> where it says nothing.</summary>
    public int? OptionalInt(string key, int? fallback, int least = 1, int most = int.MaxValue) =>
        Value(key) is { } value ? ToInt(key, value, least, most) : Has(key) ? null : fallback;

    public double Double(string key, double fallback, double least, double most) =>
        Value(key) is { } value ? ToDouble(key, value, least, most) : NotNull(key, fallback);

    public double RequiredDouble(string key, double least, double most) =>
        Value(key) is { } value ? ToDouble(key, value, least, most) : throw Error(key, "the key is missing");

    public bool Bool(string key, bool fallback) => Value(key) switch
    {
        null => NotNull(key, fallback),
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Found(key, value, "true and false are allowed"),
    };

    public string? String(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Found(key, value, "a string is needed"),
    };

    /// <summary>A number or an array of numbers; empty for null, <paramref name="fallback"/> where the key is missing.</summary>
    public IReadOnlyList<int> IntOrList(string key, IReadOnlyList<int> fallback, int least, int most)
    {
        if (Value(key) is not { } value)
            return Has(key) ? [] : fallback;
        if (value.ValueKind != JsonValueKind.Array)
            return [ToInt(key, value, least, most)];
        if (value.GetArrayLength() > ConfigLimits.List)
            throw Error(key, $"more than {ConfigLimits.List} entries found");
        return [.. value.EnumerateArray().Select(item => ToInt(key, item, least, most))];
    }

    /// <summary>A nested object, or null where the key is missing or null.</summary>
    public ConfigSection? Section(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new(file, KeyPath(key), value),
        { } value => throw Found(key, value, "an object is needed"),
    };

    /// <summary>A nested object in which every key is missing.</summary>
    public ConfigSection Empty(string key) => new(file, KeyPath(key), EmptyObject);

    public int ToInt(string key, JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Found(key, value, $"whole numbers from {least} to {most} are allowed");

    private double ToDouble(string key, JsonElement value, double least, double most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Found(key, value, $"numbers from {least} to {most} are allowed");

    private T NotNull<T>(string key, T fallback) => Has(key) ? throw Error(key, "null found, a value is needed") : fallback;

    /// <summary>Keys that nothing asked for.</summary>
    public IEnumerable<string> Unread() => element.EnumerateObject().Select(p => p.Name).Where(name => !_read.Contains(name));

    /// <summary>Marks a key as understood.</summary>
    public void Ignore(string key) => _read.Add(key);

    public CheckpointException Error(string key, string reason) => new(file, KeyPath(key), reason);

    public CheckpointException Found(string key, JsonElement value, string allowed)
    {
        var text = value.GetRawText();
        return Error(key, $"{CheckpointException.Printable(text)} found; {allowed}");
    }
}
