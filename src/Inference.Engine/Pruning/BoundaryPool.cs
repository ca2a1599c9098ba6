using Inference.Compute;

namespace Inference.Engine.Pruning;

/// <summary>
/// Rows of the residual stream where pruned prompts wait between two stages. The memory is taken when the first pruned request comes; rows
/// are handed out singly, so that nothing fragments.
/// </summary>
internal sealed class BoundaryPool(IBackend backend, int capacity, int width) : IDisposable
{
    private readonly Stack<int> _free = new(Enumerable.Range(0, capacity).Reverse());
    private Buffer<float>? _memory;
    private Buffer<float>? _before;

    /// <summary>All rows, [capacity, width].</summary>
    public Matrix Rows { get; private set; }

    /// <summary>
    /// The rows as the last block in front of the boundary found them, at the same places; null before <see cref="TakeBefore"/>.
    /// </summary>
    public Matrix? Before { get; private set; }

    /// <summary>Width of the residual stream.</summary>
    public int Width { get; } = width;

    /// <summary>Rows that nobody holds.</summary>
    public int Free => _free.Count;

    /// <summary>Takes rows, at most as many as are free.</summary>
    public int[] Take(int count)
    {
        if (_memory is null)
        {
            _memory = backend.Allocate<float>((long)capacity * Width);
            Rows = new Matrix(_memory, capacity, Width);
        }

        var rows = new int[count];
        for (var i = 0; i < count; i++)
        {
            rows[i] = _free.Pop();
        }

        return rows;
    }

    /// <summary>Makes sure that there is <see cref="Before"/>: the first request that asks how rows change takes the memory.</summary>
    public void TakeBefore()
    {
        _before ??= backend.Allocate<float>((long)capacity * Width);
        Before = new Matrix(_before, capacity, Width);
    }

    /// <summary>Rows apart from the pool, the caller's to dispose.</summary>
    public Buffer<float> AllocateRows(int rows) => backend.Allocate<float>((long)rows * Width);

    /// <summary>Gives rows back.</summary>
    public void Release(ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
        {
            _free.Push(row);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory?.Dispose();
        _before?.Dispose();
    }
}
