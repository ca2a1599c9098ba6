using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// A memory-mapped GGUF file of version 2 or 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). Opening reads and checks keys
/// and the places of tensors; data is paged in when it is read.
/// </summary>
internal sealed unsafe class GgufFile : IWeightFile
{
    /// <summary>What the names of such files end in.</summary>
    public const string Extension = ".gguf";

    private const int LeastEntryBytes = 24;
    private static ReadOnlySpan<byte> Magic => "GGUF"u8;

    private readonly MappedFile _file;
    private readonly int _headerLength;

    private GgufFile(MappedFile file)
    {
        _file = file;
        Metadata = new GgufMetadata(file);
        var cursor = new GgufCursor(file.Name, file.Pointer, file.Length);
        var (tensors, keys) = ReadCounts(ref cursor);
        Metadata.Scan(ref cursor, keys);
        var entries = new List<GgufTensorEntry>((int)tensors);
        for (var i = 0L; i < tensors; i++)
            entries.Add(GgufTensorEntry.Read(ref cursor));
        _headerLength = checked((int)cursor.Position);
        Tensors = GgufTensorEntry.Place(
            file, entries, cursor.Position, Metadata.Number("general.alignment", 1, GgufLimits.Alignment) ?? GgufWriter.Alignment);
    }

    /// <summary>Whether a path names such a file and not a folder.</summary>
    public static bool IsNamed(string path) => path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);

    /// <summary>Maps a file and checks it.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, is truncated or malformed.</exception>
    public static GgufFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new GgufFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public string Name => _file.Name;

    public long Length => _file.Length;

    /// <summary>Keys and values.</summary>
    public GgufMetadata Metadata { get; }

    public IReadOnlyList<TensorView> Tensors { get; }

    public ReadOnlySpan<byte> Header => new(_file.Pointer, _headerLength);

    public void Release() => _file.Release(0, _file.Length);

    public void Dispose() => _file.Dispose();

    private static (long Tensors, long Keys) ReadCounts(ref GgufCursor cursor)
    {
        if (cursor.Left < Magic.Length || !BitConverter.GetBytes(cursor.Read<uint>("magic")).AsSpan().SequenceEqual(Magic))
            throw cursor.Error("magic", "this is no GGUF file: it does not begin with 'GGUF'");
        var version = cursor.Read<uint>("version");
        if (version is not (2 or GgufWriter.Version))
            throw cursor.Error("version", $"{version} found; 2 and {GgufWriter.Version} are read, little-endian");
        var tensors = cursor.Count("number of tensors", GgufLimits.Tensors, LeastEntryBytes);
        return (tensors, cursor.Count("number of keys", GgufLimits.Keys, 1));
    }
}
