using System.IO.MemoryMappedFiles;

namespace Inference.Models.Checkpoints;

/// <summary>
/// A read-only memory map of a whole file. The file must not shrink while it is open: the system ends a process that reads
/// mapped pages behind the new end, so model files are replaced by renaming, never rewritten in place.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly IDisposable? _aligned;
    private byte* _pointer;

    private MappedFile(string path, long length, MemoryMappedFile map, MemoryMappedViewAccessor view)
        : this(path, length)
    {
        _map = map;
        _view = view;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
        _pointer += view.PointerOffset;
    }

    private MappedFile(string path, long length, byte* pointer, IDisposable aligned)
        : this(path, length)
    {
        _pointer = pointer;
        _aligned = aligned;
    }

    private MappedFile(string path, long length) => (Name, Length) = (Path.GetFileName(path), length);

    /// <summary>File name without its folder.</summary>
    public string Name { get; }

    public long Length { get; }

    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer is null, this);
            return _pointer;
        }
    }

    /// <summary>
    /// Maps <paramref name="path"/>; an empty or unreadable file, or a Git LFS pointer, is a <see cref="CheckpointException"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="aligned">Where a huge page may begin, on systems that can be told.</param>
    public static MappedFile Open(string path, bool aligned = false)
    {
        var file = Map(path, aligned);
        if (file.Length >= LfsPointer.LengthLimit || !LfsPointer.Is(new ReadOnlySpan<byte>(file.Pointer, (int)file.Length)))
            return file;
        file.Dispose();
        throw new CheckpointException(file.Name, null, LfsPointer.Problem);
    }

    private static MappedFile Map(string path, bool aligned)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var length = stream.Length;
            if (length == 0)
                throw new CheckpointException(Path.GetFileName(path), null, "the file is empty");
            if (aligned && OperatingSystem.IsLinux())
            {
                var placed = AlignedMap.Open(stream.SafeFileHandle, length);
                return new(path, length, placed.Pointer, placed);
            }

            var map = MemoryMappedFile.CreateFromFile(
                stream.SafeFileHandle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return new(path, length, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CheckpointException(Path.GetFileName(path), null, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Maps a part of an open file that begins at a page.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static MappedFile Region(FileStream stream, long offset, long length)
    {
        var map = MemoryMappedFile.CreateFromFile(
            stream.SafeFileHandle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return new(stream.Name, length, map, map.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read));
    }

    /// <summary>Drops the pages that hold a range from this process; a no-op where the system has no such call.</summary>
    public void Release(long offset, long length) => Advise(offset, length, isNeeded: false);

    /// <summary>Starts reading a range from the disk without waiting for it.</summary>
    public void Prefetch(long offset, long length) => Advise(offset, length, isNeeded: true);

    public void Dispose()
    {
        if (_pointer is null)
            return;
        _pointer = null;
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
        _aligned?.Dispose();
    }

    private void Advise(long offset, long length, bool isNeeded)
    {
        if (length == 0 || !OperatingSystem.IsLinux())
            return;
        // The map is read-only and backed by the file, so whole pages may go even where a neighbour shares them.
        var page = (nuint)Environment.SystemPageSize;
        var start = (nuint)(Pointer + offset) & ~(page - 1);
        var end = (nuint)(Pointer + offset + length);
        // It is advice: a failure costs memory or time and nothing else.
        _ = LinuxMemory.Advise((void*)start, end - start, isNeeded ? LinuxMemory.WillNeed : LinuxMemory.DontNeed);
    }
}
