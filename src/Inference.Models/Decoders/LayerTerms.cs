using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>What a step does at its layers, sorted by layer so that one range of a buffer serves each. Reused step after step.</summary>
internal sealed class LayerTerms<T> : IDisposable
    where T : unmanaged
{
    private readonly IBackend _backend;
    private readonly List<(int Layer, T Term)> _added = [];
    private readonly int[] _first;
    private T[] _sorted = new T[64];

    public LayerTerms(IBackend backend, int layers)
    {
        _backend = backend;
        // hidden[0] to hidden[L], and the end.
        _first = new int[layers + 2];
        Terms = backend.Allocate<T>(_sorted.Length);
    }

    /// <summary>Terms of all layers, layer by layer.</summary>
    public Buffer<T> Terms { get; private set; }

    /// <summary>First term of hidden[<paramref name="layer"/>] and their number.</summary>
    public (int First, int Count) Of(int layer) => (_first[layer], _first[layer + 1] - _first[layer]);

    public void Clear() => _added.Clear();

    public void Add(int layer, T term) => _added.Add((layer, term));

    /// <summary>Sorts the terms, those of one layer in the order in which they were added, and hands them to the backend.</summary>
    public void Upload()
    {
        Array.Clear(_first);
        if (_added.Count == 0)
        {
            return;
        }

        foreach (var (layer, _) in _added)
        {
            _first[layer + 1]++;
        }

        for (var layer = 1; layer < _first.Length; layer++)
        {
            _first[layer] += _first[layer - 1];
        }

        Grow(_added.Count);
        // Placed from the first term of each layer on; afterwards every entry is the end of its layer, which is the start of the next.
        foreach (var (layer, term) in _added)
        {
            _sorted[_first[layer]++] = term;
        }

        Array.Copy(_first, 0, _first, 1, _first.Length - 1);
        _first[0] = 0;
        _backend.Upload<T>(_sorted.AsSpan(0, _added.Count), Terms);
    }

    private void Grow(int terms)
    {
        if (terms > _sorted.Length)
        {
            _sorted = new T[terms * 2];
            Terms.Dispose();
            Terms = _backend.Allocate<T>(_sorted.Length);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Terms.Dispose();
}
