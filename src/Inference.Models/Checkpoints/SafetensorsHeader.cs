using System.Text.Json;

namespace Inference.Models.Checkpoints;

/// <summary>One entry of a safetensors header; offsets count from the first byte after the header.</summary>
internal readonly record struct TensorEntry(string Name, TensorDtype Dtype, long[] Shape, long Begin, long End);

/// <summary>
/// Parses and checks a safetensors header (8 bytes of little-endian length N, N bytes of JSON, then the data) by the rules of the reference
/// library: N at most 100 MB, tensors sorted by offset cover the data exactly, without overlap, hole or rest, and each range has the size
/// its dtype and shape give. Stricter than the library: a key that occurs twice, an unknown field and more than 16 dimensions are refused.
/// </summary>
internal sealed class SafetensorsHeader
{
    public const int PrefixLength = 8;
    public const long MaxHeaderLength = 100_000_000;
    // A tensor costs a few hundred bytes here and a hostile header fifty, so their number is capped too.
    public const int MaxTensors = 262_144;
    public const int MaxRank = 16;

    private readonly string _file;

    private SafetensorsHeader(string file) => _file = file;

    public List<TensorEntry> Tensors { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <param name="file">Name for messages.</param>
    /// <param name="prefix">The first bytes of the file, at least 8 if it has them.</param>
    /// <param name="fileLength">Length of the whole file.</param>
    /// <returns>Length of the JSON, which lies inside the file.</returns>
    public static int ReadLength(string file, ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (fileLength < PrefixLength)
            throw new CheckpointException(file, null, $"{fileLength} bytes found; a safetensors file begins with 8 bytes of header length");
        var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderLength)
            throw new CheckpointException(file, null, $"header length {length} found; at most {MaxHeaderLength} is allowed");
        if ((long)length > fileLength - PrefixLength)
            throw new CheckpointException(
                file, null,
                $"header length {length} found, but only {fileLength - PrefixLength} bytes follow: the file is truncated or no safetensors "
                    + "file");
        return (int)length;
    }

    /// <summary>Parses the JSON and checks every entry against <paramref name="dataLength"/>.</summary>
    public static SafetensorsHeader Parse(string file, ReadOnlySpan<byte> json, long dataLength)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
            throw new CheckpointException(file, null, "the header does not begin with '{'");
        var header = new SafetensorsHeader(file);
        try
        {
            header.ReadEntries(json);
        }
        catch (JsonException e)
        {
            throw new CheckpointException(file, null, $"the header is not valid JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The reader reports text that is not valid UTF-8, or half a surrogate pair, this way.
            throw new CheckpointException(file, null, "the header holds a string that is not valid text", e);
        }
        header.CheckCover(dataLength);
        return header;
    }

    private void ReadEntries(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
                throw new CheckpointException(_file, name, "the name occurs twice in the header");
            reader.Read();
            if (name == "__metadata__")
            {
                ReadMetadata(ref reader);
                continue;
            }
            if (Tensors.Count == MaxTensors)
                throw new CheckpointException(_file, null, $"more than {MaxTensors} tensors found");
            Tensors.Add(TensorEntryReader.Read(_file, name, ref reader));
        }
        // Only white space may follow the object; the reader throws on anything else.
        while (reader.Read())
        {
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new CheckpointException(_file, "__metadata__", "an object of strings is needed");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new CheckpointException(
                    _file, "__metadata__", $"key '{CheckpointException.Printable(key)}' has a value that is not a string");
            if (!Metadata.TryAdd(key, reader.GetString()!))
                throw new CheckpointException(_file, "__metadata__", $"key '{CheckpointException.Printable(key)}' occurs twice");
        }
    }

    private void CheckCover(long dataLength)
    {
        Tensors.Sort(static (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        var end = 0L;
        foreach (var tensor in Tensors)
        {
            if (tensor.End > dataLength)
                throw new CheckpointException(
                    _file, tensor.Name,
                    $"data_offsets [{tensor.Begin}, {tensor.End}] found, but only {dataLength} bytes of data follow the header: the file "
                        + "is truncated");
            if (tensor.Begin < end)
                throw new CheckpointException(
                    _file, tensor.Name, $"data_offsets [{tensor.Begin}, {tensor.End}] overlap the tensor before, which ends at {end}");
            if (tensor.Begin > end)
                throw new CheckpointException(
                    _file, tensor.Name, $"data_offsets [{tensor.Begin}, {tensor.End}] leave a hole: the tensor before ends at {end}");
            end = tensor.End;
        }
        if (end != dataLength)
            throw new CheckpointException(_file, null, $"{dataLength} bytes of data found, but the tensors cover only {end}");
    }
}
