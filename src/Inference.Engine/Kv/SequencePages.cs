using Inference.Models.Decoders;

namespace Inference.Engine.Kv;

/// <summary>One sequence's page tables: for each layer the physical pages in slot order, grown group by group as the sequence grows.</summary>
internal sealed class SequencePages : IKvPages
{
    private readonly PagePool _pool;
    private readonly KvLayout _layout;
    private readonly LayerTable[] _layers;
    private readonly int[] _tables;
    private readonly int[] _blocks;

    private SequencePages(PagePool pool, KvLayout layout)
    {
        (_pool, _layout) = (pool, layout);
        _tables = new int[layout.Pages];
        _blocks = new int[layout.Groups.Count];
        _layers = new LayerTable[layout.Layers];
        var start = 0;
        for (var g = 0; g < layout.Groups.Count; g++)
        {
            var group = layout.Groups[g];
            for (var layer = group.FirstLayer; layer < group.EndLayer; layer++, start += group.Blocks)
            {
                _layers[layer] = new LayerTable(g, start);
            }
        }
    }

    /// <summary>Reserves all pages that a layout can need; null when the pool has too few left.</summary>
    public static SequencePages? TryReserve(PagePool pool, KvLayout layout) =>
        layout.Pages <= int.MaxValue && pool.TryReserve((int)layout.Pages) ? new SequencePages(pool, layout) : null;

    /// <inheritdoc/>
    public ReadOnlySpan<int> Pages(int layer) => _tables.AsSpan(_layers[layer].Start, _blocks[_layers[layer].Group]);

    /// <summary>Takes pages until <paramref name="slots"/> tokens fit the layers of a group.</summary>
    public void Grow(int group, int slots)
    {
        var (first, end) = (_layout.Groups[group].FirstLayer, _layout.Groups[group].EndLayer);
        for (var wanted = KvGroup.BlocksFor(slots); _blocks[group] < wanted; _blocks[group]++)
        {
            for (var layer = first; layer < end; layer++)
            {
                _tables[_layers[layer].Start + _blocks[group]] = _pool.Take();
            }
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Release()
    {
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            _pool.Release(Pages(layer), reserved: layer == 0 ? _tables.Length : 0);
        }

        _blocks.AsSpan().Clear();
    }

    private readonly record struct LayerTable(int Group, int Start);
}
