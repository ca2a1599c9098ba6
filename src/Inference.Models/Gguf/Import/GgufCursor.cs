using System.Runtime.CompilerServices;
using System.Text;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>Reads numbers and strings front to back from a mapped file; whatever would pass its end is an error.</summary>
internal unsafe ref struct GgufCursor(string file, byte* start, long length)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Bytes read.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes that are left.</summary>
    public readonly long Left => length - Position;

    /// <summary>A little-endian number.</summary>
    public T Read<T>(string what)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(start + Skip(sizeof(T), what));

    /// <summary>A count of things that take at least <paramref name="leastBytes"/> each.</summary>
    public long Count(string what, long most, int leastBytes)
    {
        var count = Read<ulong>(what);
        return count <= (ulong)most && (long)count <= Left / leastBytes
            ? (long)count
            : throw Error(what, $"{count} found; at most {Math.Min(most, Left / leastBytes)} are allowed with {Left} bytes left");
    }

    /// <summary>UTF-8 after its length.</summary>
    public string Text(string what, int mostBytes)
    {
        var bytes = (int)Count($"length of {what}", mostBytes, 1);
        try
        {
            return Strict.GetString(start + Skip(bytes, what), bytes);
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException(file, what, "not valid UTF-8", e);
        }
    }

    /// <summary>Passes over bytes.</summary>
    /// <returns>Where they began.</returns>
    public long Skip(long bytes, string what)
    {
        var position = Position;
        Position += bytes <= Left ? bytes : throw Error(what, $"the file ends {bytes - Left} bytes too early");
        return position;
    }

    public readonly CheckpointException Error(string what, string reason) => new(file, what, reason);
}
