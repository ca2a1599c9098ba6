using Inference.Compute;
using Inference.Models.Decoders;

namespace Inference.Engine.Kv;

/// <summary>One sequence's page tables: for each layer the physical pages in slot order, grown as the sequence grows.</summary>
internal sealed class SequencePages : IKvPages
{
    private readonly PagePool _pool;
    private readonly int _layers;
    private readonly int _capacity;
    private readonly int[] _tables;
    private int _blocks;

    private SequencePages(PagePool pool, int layers, int capacity)
    {
        (_pool, _layers, _capacity) = (pool, layers, capacity);
        _tables = new int[layers * capacity];
    }

    /// <summary>Pages that <paramref name="slots"/> tokens take over all layers.</summary>
    public static long Needed(int layers, int slots) => (long)layers * Blocks(slots);

    /// <summary>Reserves pages for up to <paramref name="slots"/> tokens; null when the pool has too few left.</summary>
    public static SequencePages? TryReserve(PagePool pool, int layers, int slots)
    {
        var needed = Needed(layers, slots);
        return needed <= int.MaxValue && pool.TryReserve((int)needed) ? new SequencePages(pool, layers, Blocks(slots)) : null;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<int> Pages(int layer) => _tables.AsSpan(layer * _capacity, _blocks);

    /// <summary>Takes pages until <paramref name="slots"/> tokens fit.</summary>
    public void Grow(int slots)
    {
        for (var wanted = Blocks(slots); _blocks < wanted; _blocks++)
        {
            for (var layer = 0; layer < _layers; layer++)
            {
                _tables[(layer * _capacity) + _blocks] = _pool.Take();
            }
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Release()
    {
        for (var layer = 0; layer < _layers; layer++)
        {
            _pool.Release(Pages(layer), reserved: layer == 0 ? _tables.Length : 0);
        }

        _blocks = 0;
    }

    private static int Blocks(int slots) => (slots + KvGeometry.PageSize - 1) / KvGeometry.PageSize;
}
