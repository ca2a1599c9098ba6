using System.Runtime.InteropServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// Zeroed native memory on a cache line; from <see cref="HugePage"/> bytes on it is aligned to huge pages and asks the kernel for them,
/// because streaming gigabytes of weights through 4 KiB pages spends its time in the TLB.
/// </summary>
internal sealed unsafe partial class NativeBlock : IDisposable
{
    private const nuint CacheLine = 64;
    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePage = 14;
    private void* _raw;

    /// <summary>Allocates <paramref name="bytes"/> bytes. Pages are committed by the operating system when first touched.</summary>
    /// <exception cref="OutOfMemoryException">The operating system refuses.</exception>
    public NativeBlock(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var alignment = (nuint)bytes >= HugePage ? HugePage : CacheLine;
        _raw = NativeMemory.AllocZeroed(checked((nuint)bytes + alignment));
        Address = (byte*)(((nuint)_raw + alignment - 1) & ~(alignment - 1));
        if (alignment == HugePage && OperatingSystem.IsLinux())
        {
            _ = Advise(Address, (nuint)bytes & ~(HugePage - 1), AdviseHugePage);
        }
    }

    /// <summary>First byte; null after disposal.</summary>
    public byte* Address { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_raw);
        _raw = null;
        Address = null;
    }

    // Advice only: a kernel without huge pages refuses, and nothing else changes.
    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
