namespace Inference.Compute;

/// <summary>
/// The arena of a step: one buffer from which activations are taken in order and given back together, so that a step allocates nothing.
/// Takes may nest: <see cref="Mark"/> and <see cref="Release"/> give back what was taken since.
/// </summary>
public sealed class Workspace(IBackend backend, long length) : IDisposable
{
    // 64 elements = 256 bytes: rows of separate matrices never share a cache line.
    private const int Alignment = 64;
    private readonly Buffer<float> _buffer = backend.Allocate<float>(length);
    private long _used;

    /// <summary>Elements the arena holds.</summary>
    public long Length => _buffer.Length;

    /// <summary>A position to return to with <see cref="Release"/>.</summary>
    public long Mark => _used;

    /// <summary>Elements that <see cref="Take"/> uses for a matrix of this shape.</summary>
    public static long Footprint(int rows, int columns) => (((long)rows * columns) + Alignment - 1) / Alignment * Alignment;

    /// <summary>A dense matrix with undefined contents.</summary>
    /// <exception cref="InvalidOperationException">The arena was sized too small for the step.</exception>
    public Matrix Take(int rows, int columns)
    {
        var offset = _used;
        var end = offset + Footprint(rows, columns);
        if (end > _buffer.Length)
        {
            throw new InvalidOperationException(
                $"The workspace holds {_buffer.Length} elements; a matrix of {rows} x {columns} would end at {end}.");
        }

        _used = end;
        return new Matrix(_buffer, offset, rows, columns, columns);
    }

    /// <summary>Gives back everything taken since <paramref name="mark"/>.</summary>
    public void Release(long mark) => _used = mark;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
