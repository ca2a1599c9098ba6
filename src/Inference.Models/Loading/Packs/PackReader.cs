using System.Buffers.Binary;
using System.Security.Cryptography;
using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Loading;

/// <summary>
/// A pack file, mapped. Nothing of it is believed: a file that others may write, of another length or key, with a table whose digest is
/// wrong or that does not fit the file, or with samples that are not what was written counts as absent.
/// </summary>
internal sealed unsafe class PackReader : IPackStore
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private readonly MappedFile _file;
    private readonly IBackend _backend;
    private readonly Dictionary<string, PackEntry> _entries;

    private readonly bool _shares;
    private HugePageMove? _move;

    private PackReader(string path, MappedFile file, IBackend backend, Dictionary<string, PackEntry> entries, bool shares) =>
        (Path, _file, _backend, _entries, _shares) = (path, file, backend, entries, shares);

    public string Path { get; }

    string? IPackStore.Path => Path;

    /// <summary>Maps and checks a file; null where it cannot be used.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What it must be of.</param>
    /// <param name="backend">What packed.</param>
    /// <param name="shares">Leaves the bytes where other processes read them too; else they move to huge pages of this process.</param>
    public static PackReader? TryOpen(string path, string key, IBackend backend, bool shares = false)
    {
        MappedFile? file = null;
        try
        {
            if (!File.Exists(path) || (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersWrite) != 0))
                return null;
            file = MappedFile.Open(path, aligned: !shares);
            var (found, entries) = PackTable.Read(Table(file));
            if (found != key || !entries.TrueForAll(entry => Fits(entry, file, backend)))
                throw new InvalidDataException();
            return new PackReader(path, file, backend, entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal), shares);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or CheckpointException
            or ArgumentException or OverflowException or FormatException)
        {
            file?.Dispose();
            return null;
        }
    }

    public PackedMatrix? Find(string name, int outputs, int inputs, NumberFormat format)
    {
        if (!_entries.TryGetValue(name, out var entry) || entry.Outputs != outputs || entry.Inputs != inputs || entry.Format != format)
            return null;
        _file.Prefetch(entry.Offset, entry.Length);
        return _backend.Adopt((nint)(_file.Pointer + entry.Offset), outputs, inputs, format);
    }

    public PackedMatrix Keep(string name, PackedMatrix packed) => packed;

    public void Complete()
    {
        if (!_shares && OperatingSystem.IsLinux())
            _move = new HugePageMove(_file.Pointer, _file.Length);
    }

    public void Dispose()
    {
        _move?.Dispose();
        _file.Dispose();
    }

    private static byte[] Table(MappedFile file)
    {
        if (file.Length < PackTable.PrefaceBytes)
            throw new InvalidDataException();
        var preface = new ReadOnlySpan<byte>(file.Pointer, PackTable.PrefaceBytes);
        var numbers = preface[PackTable.Magic.Length..];
        var offset = BinaryPrimitives.ReadInt64LittleEndian(numbers);
        var length = BinaryPrimitives.ReadInt64LittleEndian(numbers[sizeof(long)..]);
        if (!preface.StartsWith(PackTable.Magic) || length is < 0 or > PackTable.MostBytes || offset < PackTable.PrefaceBytes
            || offset != file.Length - length)
            throw new InvalidDataException();
        var table = new ReadOnlySpan<byte>(file.Pointer + offset, (int)length);
        if (!SHA256.HashData(table).AsSpan().SequenceEqual(preface[^SHA256.HashSizeInBytes..]))
            throw new InvalidDataException();
        return table.ToArray();
    }

    private static bool Fits(PackEntry entry, MappedFile file, IBackend backend) =>
        Enum.IsDefined(entry.Format) && entry.Length == backend.PackedBytes(entry.Outputs, entry.Inputs, entry.Format)
        && entry.Offset >= PackTable.PrefaceBytes && entry.Offset % backend.PackedAlignment == 0
        && entry.Offset <= file.Length - entry.Length
        && PackTable.Samples(file.Pointer + entry.Offset, entry.Length) == entry.Samples;
}
