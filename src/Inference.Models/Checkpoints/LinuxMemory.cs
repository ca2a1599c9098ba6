using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Inference.Models.Checkpoints;

/// <summary>The calls of Linux that lay memory out; see mmap(2), mremap(2) and madvise(2).</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LinuxMemory
{
    /// <summary>Bytes of a huge page of x86-64, and of arm64 with pages of 4 KiB.</summary>
    public const nuint HugePage = 2 << 20;

    /// <summary>Advice to read pages ahead.</summary>
    public const int WillNeed = 3;

    /// <summary>Advice to drop pages: those of a file are read again, others are zero then.</summary>
    public const int DontNeed = 4;

    private const int None = 0x0, Read = 0x1, Write = 0x2;
    private const int Shared = 0x01, Private = 0x02, Fixed = 0x10, Anonymous = 0x20, NoReserve = 0x4000;
    private const int MayMove = 0x1, MoveToFixed = 0x2;
    private const int AdviseHugePage = 14;

    /// <summary>The first huge page boundary at or behind an address.</summary>
    public static byte* AlignUp(byte* address) => (byte*)(((nuint)address + HugePage - 1) & ~(HugePage - 1));

    /// <summary>The first page boundary at or behind an address.</summary>
    public static byte* PageUp(byte* address)
    {
        var page = (nuint)Environment.SystemPageSize;
        return (byte*)(((nuint)address + page - 1) & ~(page - 1));
    }

    /// <summary>Addresses without memory, which nobody else gets.</summary>
    /// <exception cref="IOException">There are none.</exception>
    public static byte* Reserve(nuint bytes) => Check(Map(null, bytes, None, Private | Anonymous | NoReserve, -1, 0));

    /// <summary>Maps a file read-only over reserved addresses.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void MapFile(byte* address, nuint bytes, nint file) => Check(Map(address, bytes, Read, Shared | Fixed, (int)file, 0));

    /// <summary>Zeroed memory in huge pages, as far as there are any, over reserved addresses.</summary>
    /// <returns>Whether the system gave it.</returns>
    public static bool TryAllocate(byte* address, nuint bytes)
    {
        if ((nint)Map(address, bytes, Read | Write, Private | Anonymous | NoReserve | Fixed, -1, 0) == -1)
            return false;
        // Without huge pages it is memory all the same.
        _ = Advise(address, bytes, AdviseHugePage);
        return true;
    }

    /// <summary>
    /// Makes memory read-only and puts it in the place of other memory at once: who reads there sees the one or the other.
    /// </summary>
    /// <returns>Whether the system did.</returns>
    public static bool TryReplace(byte* target, byte* source, nuint bytes) =>
        Protect(source, bytes, Read) == 0 && (nint)Remap(source, bytes, bytes, MayMove | MoveToFixed, target) != -1;

    /// <summary>Gives addresses back.</summary>
    public static void Unmap(byte* address, nuint bytes)
    {
        if (bytes > 0)
            _ = UnmapRange(address, bytes);
    }

    private static byte* Check(void* address) =>
        (nint)address != -1 ? (byte*)address : throw new IOException($"memory cannot be mapped: error {Marshal.GetLastSystemError()}");

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mremap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Remap(void* address, nuint bytes, nuint newBytes, int flags, void* target);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnmapRange(void* address, nuint bytes);

    /// <summary>madvise(2).</summary>
    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Advise(void* address, nuint bytes, int advice);
}
