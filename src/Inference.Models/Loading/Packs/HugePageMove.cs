using System.Runtime.Versioning;
using Inference.Models.Checkpoints;

namespace Inference.Models.Loading;

/// <summary>
/// Moves what is mapped into huge pages of this process, in the background, while others read it: a piece at a time is copied and takes the
/// place of the map at the same addresses. Streaming gigabytes through pages of 4 KiB spends its time in the TLB; a map of a file has no
/// others on most systems. What has moved is no page of the file any more: <see cref="MappedFile.Release"/> would lose it.
/// </summary>
internal sealed unsafe class HugePageMove : IDisposable
{
    // Copied in milliseconds: what both places hold at once.
    private const nuint PieceBytes = 32 << 20;

    private readonly byte* _target;
    private readonly nuint _bytes;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>
    /// Begins to move the huge pages that fit whole into <paramref name="bytes"/> bytes from <paramref name="target"/> on, where one may
    /// begin.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public HugePageMove(byte* target, long bytes)
    {
        _target = target;
        _bytes = (nuint)bytes & ~(LinuxMemory.HugePage - 1);
        _thread = new Thread(Run) { IsBackground = true, Name = "weights to huge pages", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>Bytes that have moved.</summary>
    public long Moved { get; private set; }

    /// <summary>Waits until it has ended: all has moved, or the system refused, which leaves the rest where it is.</summary>
    public void Wait() => _thread.Join();

    /// <summary>Stops and waits.</summary>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    [SupportedOSPlatform("linux")]
    private void Run()
    {
        if (_bytes == 0)
            return;
        byte* room;
        try
        {
            room = LinuxMemory.Reserve(_bytes + LinuxMemory.HugePage);
        }
        catch (IOException)
        {
            return;
        }

        // A piece that has gone leaves its addresses to whoever maps next; only those behind it are still ours.
        var source = LinuxMemory.AlignUp(room);
        LinuxMemory.Unmap(room, (nuint)(source - room));
        nuint done = 0;
        while (done < _bytes && !_stopping)
        {
            var piece = nuint.Min(PieceBytes, _bytes - done);
            if (!LinuxMemory.TryAllocate(source + done, piece))
                break;
            Buffer.MemoryCopy(_target + done, source + done, piece, piece);
            if (!LinuxMemory.TryReplace(_target + done, source + done, piece))
                break;
            done += piece;
            Moved = (long)done;
        }

        LinuxMemory.Unmap(source + done, (nuint)(room + _bytes + LinuxMemory.HugePage - (source + done)));
    }
}
