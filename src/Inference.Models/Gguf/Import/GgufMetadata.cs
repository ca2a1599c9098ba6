using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>The keys of a GGUF file. Values stay in the file until somebody asks for them.</summary>
internal sealed unsafe class GgufMetadata(MappedFile file)
{
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);

    private readonly record struct Place(GgufValueType Type, long Offset);

    /// <summary>Name of the file, for errors.</summary>
    public string FileName => file.Name;

    /// <summary>Reads keys and finds the ends of their values.</summary>
    public void Scan(ref GgufCursor cursor, long count)
    {
        for (var i = 0L; i < count; i++)
        {
            var key = cursor.Text("key", GgufLimits.NameBytes);
            var type = Type(ref cursor, key);
            if (!_places.TryAdd(key, new Place(type, cursor.Position)))
                throw cursor.Error(key, "the key occurs twice");
            SkipValue(ref cursor, key, type, 0);
        }
    }

    public bool Has(string key) => _places.ContainsKey(key);

    public string? Text(string key) => Find(key, [GgufValueType.String]) is { } place ? At(place).Text(key, GgufLimits.TextBytes) : null;

    public bool? Flag(string key) => Find(key, [GgufValueType.Bool]) is { } place ? At(place).Read<byte>(key) != 0 : null;

    /// <summary>A whole number of any width, or null where the key is missing.</summary>
    public long? Whole(string key)
    {
        if (Find(key, [GgufValueType.UInt8, GgufValueType.UInt16, GgufValueType.UInt32, GgufValueType.UInt64,
            GgufValueType.Int8, GgufValueType.Int16, GgufValueType.Int32, GgufValueType.Int64]) is not { } place)
            return null;
        var cursor = At(place);
        return Integer(ref cursor, place.Type, key);
    }

    /// <summary>A whole number within bounds, or null where the key is missing.</summary>
    public int? Number(string key, int least, int most) => Whole(key) is not { } value ? null
        : value >= least && value <= most ? (int)value
        : throw new CheckpointException(FileName, key, $"{value} found; whole numbers from {least} to {most} are allowed");

    /// <summary>A number within bounds, or null where the key is missing.</summary>
    public double? Real(string key, double least, double most)
    {
        if (Find(key, [GgufValueType.Float32, GgufValueType.Float64]) is not { } place)
            return null;
        var cursor = At(place);
        var value = place.Type == GgufValueType.Float32 ? cursor.Read<float>(key) : cursor.Read<double>(key);
        return value >= least && value <= most
            ? value
            : throw cursor.Error(key, $"{value} found; numbers from {least} to {most} are allowed");
    }

    public string[]? Texts(string key) => Elements(key, GgufValueType.String, (ref cursor) => cursor.Text(key, GgufLimits.TextBytes));

    public float[]? Reals(string key) => Elements(key, GgufValueType.Float32, (ref cursor) => cursor.Read<float>(key));

    public int[]? Numbers(string key) => Elements(key, GgufValueType.Int32, (ref cursor) => cursor.Read<int>(key));

    private delegate T ElementReader<T>(ref GgufCursor cursor);

    private T[]? Elements<T>(string key, GgufValueType type, ElementReader<T> read)
    {
        if (Find(key, [GgufValueType.Array]) is not { } place)
            return null;
        var cursor = At(place);
        var found = Type(ref cursor, key);
        if (found != type)
            throw cursor.Error(key, $"an array of {found} found; {type} is needed");
        var values = new T[cursor.Count(key, GgufLimits.ArrayLength, LeastBytes(type))];
        foreach (ref var value in values.AsSpan())
            value = read(ref cursor);
        return values;
    }

    private Place? Find(string key, ReadOnlySpan<GgufValueType> allowed) => !_places.TryGetValue(key, out var place) ? null
        : allowed.Contains(place.Type) ? place
        : throw new CheckpointException(
            FileName, key, $"a value of type {place.Type} found; {string.Join(", ", allowed.ToArray())} allowed");

    private GgufCursor At(Place place) => new(FileName, file.Pointer + place.Offset, file.Length - place.Offset);

    private static long Integer(ref GgufCursor cursor, GgufValueType type, string key) => type switch
    {
        GgufValueType.UInt8 => cursor.Read<byte>(key),
        GgufValueType.Int8 => cursor.Read<sbyte>(key),
        GgufValueType.UInt16 => cursor.Read<ushort>(key),
        GgufValueType.Int16 => cursor.Read<short>(key),
        GgufValueType.UInt32 => cursor.Read<uint>(key),
        GgufValueType.Int32 => cursor.Read<int>(key),
        GgufValueType.UInt64 => (long)Math.Min(cursor.Read<ulong>(key), long.MaxValue),
        _ => cursor.Read<long>(key),
    };

    private static GgufValueType Type(ref GgufCursor cursor, string key)
    {
        var number = cursor.Read<uint>(key);
        return number <= (uint)GgufValueType.Float64 ? (GgufValueType)number : throw cursor.Error(key, $"value type {number} is not known");
    }

    private static int LeastBytes(GgufValueType type) => type.Size() is > 0 and var size ? size : sizeof(ulong);

    private static void SkipValue(ref GgufCursor cursor, string key, GgufValueType type, int depth)
    {
        switch (type)
        {
            case GgufValueType.String:
                cursor.Skip(cursor.Count(key, GgufLimits.TextBytes, 1), key);
                break;
            case GgufValueType.Array when depth < GgufLimits.ArrayDepth:
                var element = Type(ref cursor, key);
                var count = cursor.Count(key, GgufLimits.ArrayLength, LeastBytes(element));
                if (element.Size() > 0)
                    cursor.Skip(count * element.Size(), key);
                for (var i = 0L; i < count && element.Size() == 0; i++)
                    SkipValue(ref cursor, key, element, depth + 1);
                break;
            case GgufValueType.Array:
                throw cursor.Error(key, $"arrays more than {GgufLimits.ArrayDepth} deep are not read");
            default:
                cursor.Skip(type.Size(), key);
                break;
        }
    }
}
