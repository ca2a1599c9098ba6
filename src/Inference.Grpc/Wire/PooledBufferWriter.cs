using System.Buffers;

namespace Grpc.Wire;

/// <summary>A growing buffer of pooled memory that is used again and again.</summary>
internal sealed class PooledBufferWriter : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 4096;

    // Larger arrays go back to the pool between messages, so that one big message does not pin memory for the life of a stream.
    private const int LargestKept = 64 * 1024;

    private byte[] _buffer = [];
    private int _written;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _written);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Clear()
    {
        _written = 0;
        if (_buffer.Length > LargestKept) Dispose();
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _written = 0;
    }

    private void Reserve(int size)
    {
        if (_buffer.Length - _written >= size) return;
        var wanted = Math.Max(checked(_written + size), (int)Math.Min(2L * _buffer.Length, Array.MaxLength));
        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, Smallest));
        Written.Span.CopyTo(grown);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = grown;
    }
}
