using System.Buffers.Binary;
using System.Security.Cryptography;
using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Loading;

/// <summary>
/// Writes packed matrices one after the other; where their memory is to be shared, each is at once mapped in place of the memory it was
/// packed in. The file has its name only when it is whole and on the disk; where writing fails the model goes on without it.
/// </summary>
internal sealed unsafe class PackWriter : IPackStore
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly string _target;
    private readonly string _temporary;
    private readonly string _key;
    private readonly IBackend _backend;
    private readonly FileStream _stream;
    private readonly List<PackEntry> _entries = [];
    private readonly List<MappedFile> _regions = [];
    private readonly bool _shares;
    private bool _open = true;

    private PackWriter(string target, string temporary, string key, IBackend backend, FileStream stream, bool shares) =>
        (_target, _temporary, _key, _backend, _stream, _shares) = (target, temporary, key, backend, stream, shares);

    public string? Path { get; private set; }

    /// <summary>Begins a file; null where the folder cannot be written or has no room for twice the weights.</summary>
    /// <param name="folder">Made where it is not there.</param>
    /// <param name="key">What the file is of.</param>
    /// <param name="backend">What packs.</param>
    /// <param name="weightBytes">Bytes of the weights.</param>
    /// <param name="shares">Gives matrices back in pages of the file, which other processes will read too.</param>
    public static PackWriter? TryCreate(string folder, string key, IBackend backend, long weightBytes, bool shares = false)
    {
        try
        {
            Directory.CreateDirectory(folder);
            if (new DriveInfo(folder).AvailableFreeSpace / 2 < weightBytes)
                return null;
            foreach (var left in Directory.EnumerateFiles(folder, "*.tmp").Where(
                file => DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > Abandoned))
                File.Delete(left);
            var target = System.IO.Path.Combine(folder, PackCache.FileName(key));
            var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Read,
                BufferSize = 1 << 20,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = Mode;
            return new PackWriter(target, temporary, key, backend, new FileStream(temporary, options), shares);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public PackedMatrix? Find(string name, int outputs, int inputs, NumberFormat format) => null;

    public PackedMatrix Keep(string name, PackedMatrix packed)
    {
        if (!_open)
            return packed;
        try
        {
            var alignment = _backend.PackedAlignment;
            var offset = (_stream.Length + alignment - 1) / alignment * alignment;
            _stream.Position = Math.Max(offset, alignment);
            offset = _stream.Position;
            packed.CopyTo(_stream);
            _stream.Flush();
            var region = MappedFile.Region(_stream, offset, packed.Bytes);
            var samples = PackTable.Samples(region.Pointer, packed.Bytes);
            _entries.Add(new PackEntry(name, packed.Outputs, packed.Inputs, packed.Format, offset, packed.Bytes, samples));
            if (!_shares)
            {
                region.Dispose();
                return packed;
            }

            _regions.Add(region);
            var mapped = _backend.Adopt((nint)region.Pointer, packed.Outputs, packed.Inputs, packed.Format);
            packed.Dispose();
            return mapped;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Abandon();
            return packed;
        }
    }

    public void Complete()
    {
        if (!_open)
            return;
        try
        {
            WriteTable();
            _stream.Flush(flushToDisk: true);
            File.Move(_temporary, _target, overwrite: true);
            (_open, Path) = (false, _target);
            _stream.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Abandon();
        }
    }

    public void Dispose()
    {
        if (_open)
            Abandon();
        _regions.ForEach(region => region.Dispose());
    }

    private void WriteTable()
    {
        var table = PackTable.Write(_key, _entries);
        var offset = Math.Max(_stream.Length, PackTable.PrefaceBytes);
        _stream.Position = offset;
        _stream.Write(table);
        var preface = new byte[PackTable.PrefaceBytes];
        PackTable.Magic.CopyTo(preface);
        var numbers = preface.AsSpan(PackTable.Magic.Length);
        BinaryPrimitives.WriteInt64LittleEndian(numbers, offset);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[sizeof(long)..], table.Length);
        SHA256.HashData(table, preface.AsSpan(PackTable.PrefaceBytes - SHA256.HashSizeInBytes));
        _stream.Position = 0;
        _stream.Write(preface);
    }

    // What is mapped stays usable: the system keeps the bytes of a deleted file until the last map of it goes.
    private void Abandon()
    {
        _open = false;
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // A full disk says so once more for what is still buffered; the file goes anyway.
        }

        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is left to the next writer, which deletes what is old.
        }
    }
}
