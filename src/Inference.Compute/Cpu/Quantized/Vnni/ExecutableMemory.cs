using System.Runtime.InteropServices;

namespace Inference.Compute.Cpu;

/// <summary>Machine code in pages of its own: written first, then executable and no longer writable.</summary>
internal sealed unsafe partial class ExecutableMemory : IDisposable
{
    private const int ReadWrite = 0x1 | 0x2;
    private const int ReadExecute = 0x1 | 0x4;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private readonly nuint _bytes;
    private byte* _address;

    private ExecutableMemory(byte* address, nuint bytes)
    {
        _address = address;
        _bytes = bytes;
    }

    /// <summary>First byte.</summary>
    public byte* Address => _address;

    /// <summary>A copy of <paramref name="code"/> that can be called; null where the system does not let a program do that.</summary>
    public static ExecutableMemory? Create(ReadOnlySpan<byte> code)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var address = Map(null, (nuint)code.Length, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)address == -1)
            return null;
        var memory = new ExecutableMemory((byte*)address, (nuint)code.Length);
        code.CopyTo(new Span<byte>(address, code.Length));
        if (Protect(address, (nuint)code.Length, ReadExecute) == 0)
            return memory;
        memory.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_address is not null)
            _ = Unmap(_address, _bytes);
        _address = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint bytes);
}
