using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>A list of rows to copy, on the device.</summary>
internal sealed class RowMoves(IBackend backend, int capacity) : IDisposable
{
    private readonly int[] _from = new int[capacity];
    private readonly int[] _to = new int[capacity];
    private readonly Buffer<int> _sources = backend.Allocate<int>(capacity);
    private readonly Buffer<int> _targets = backend.Allocate<int>(capacity);

    /// <summary>Rows in the list.</summary>
    public int Count { get; private set; }

    /// <summary>Whether every row stays where it is.</summary>
    public bool IsIdentity { get; private set; } = true;

    /// <summary>Empties the list.</summary>
    public void Clear() => (Count, IsIdentity) = (0, true);

    /// <summary>Adds a row.</summary>
    public void Add(int from, int to)
    {
        (_from[Count], _to[Count]) = (from, to);
        IsIdentity &= from == to;
        Count++;
    }

    /// <summary>Hands the list to the backend.</summary>
    public void Upload()
    {
        backend.Upload(_from.AsSpan(0, Count), _sources);
        backend.Upload(_to.AsSpan(0, Count), _targets);
    }

    /// <summary>Copies the rows.</summary>
    public void Run(Matrix source, Matrix destination)
    {
        if (Count > 0)
        {
            backend.CopyRows(source, _sources, destination, _targets, Count);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sources.Dispose();
        _targets.Dispose();
    }
}
