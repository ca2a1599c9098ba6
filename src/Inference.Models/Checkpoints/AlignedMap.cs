using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Inference.Models.Checkpoints;

/// <summary>
/// A file, mapped read-only from an address on where a huge page may begin, which the system does not do by itself on every file system.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class AlignedMap : IDisposable
{
    private readonly nuint _bytes;

    private AlignedMap(byte* pointer, nuint bytes)
    {
        Pointer = pointer;
        _bytes = bytes;
    }

    /// <summary>First byte.</summary>
    public byte* Pointer { get; }

    /// <summary>Maps the first <paramref name="length"/> bytes.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static AlignedMap Open(SafeFileHandle file, long length)
    {
        var bytes = checked((nuint)length);
        var room = LinuxMemory.Reserve(bytes + LinuxMemory.HugePage);
        var start = LinuxMemory.AlignUp(room);
        var end = LinuxMemory.PageUp(start + bytes);
        var taken = false;
        try
        {
            file.DangerousAddRef(ref taken);
            LinuxMemory.MapFile(start, bytes, file.DangerousGetHandle());
        }
        catch (IOException)
        {
            LinuxMemory.Unmap(room, bytes + LinuxMemory.HugePage);
            throw;
        }
        finally
        {
            if (taken)
                file.DangerousRelease();
        }

        LinuxMemory.Unmap(room, (nuint)(start - room));
        LinuxMemory.Unmap(end, (nuint)(room + bytes + LinuxMemory.HugePage - end));
        return new AlignedMap(start, bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => LinuxMemory.Unmap(Pointer, _bytes);
}
