using Inference.Models.Decoders;

namespace Inference.Engine.Kv;

/// <summary>
/// One sequence's page tables: for each layer the physical pages in slot order, grown group by group as the sequence grows. First in use by
/// the sequence, perhaps kept for others afterwards.
/// </summary>
internal sealed class SequencePages : IKvPages
{
    private readonly PagePool _pool;
    private readonly KvLayout _layout;
    private readonly LayerTable[] _layers;
    private readonly int[] _tables;
    private readonly int[] _blocks;

    public SequencePages(PagePool pool, KvLayout layout)
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

    /// <inheritdoc/>
    public ReadOnlySpan<int> Pages(int layer) => _tables.AsSpan(_layers[layer].Start, _blocks[_layers[layer].Group]);

    /// <summary>Pages to take until <paramref name="rows"/> rows of the sequence fit all layers.</summary>
    public int Missing(int rows)
    {
        var missing = 0;
        for (var g = 0; g < _blocks.Length; g++)
        {
            var group = _layout.Groups[g];
            missing += (group.EndLayer - group.FirstLayer) * Math.Max(0, KvGroup.BlocksFor(_layout.Slots(g, rows)) - _blocks[g]);
        }

        return missing;
    }

    /// <summary>Takes those pages; the pool has them.</summary>
    public void Grow(int rows)
    {
        for (var g = 0; g < _blocks.Length; g++)
        {
            var group = _layout.Groups[g];
            for (var wanted = KvGroup.BlocksFor(_layout.Slots(g, rows)); _blocks[g] < wanted; _blocks[g]++)
            {
                for (var layer = group.FirstLayer; layer < group.EndLayer; layer++)
                {
                    _tables[_layers[layer].Start + _blocks[g]] = _pool.Take();
                }
            }
        }
    }

    /// <summary>Uses the pages of another sequence that hold its first <paramref name="rows"/> rows; this one has none yet.</summary>
    public void Share(SequencePages source, int rows)
    {
        for (var g = 0; g < _blocks.Length; g++)
        {
            _blocks[g] = KvGroup.BlocksFor(_layout.Slots(g, rows));
        }

        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var table = _tables.AsSpan(_layers[layer].Start, _blocks[_layers[layer].Group]);
            source.Pages(layer)[..table.Length].CopyTo(table);
            foreach (var page in table)
            {
                _pool.Use(page);
            }
        }
    }

    /// <summary>Pages among the first <paramref name="rows"/> rows that are filled in part, one for a layer at most.</summary>
    public int PartlyFilled(int rows)
    {
        var count = 0;
        for (var g = 0; g < _blocks.Length; g++)
        {
            count += KvGroup.IsWhole(_layout.Slots(g, rows)) ? 0 : _layout.Groups[g].EndLayer - _layout.Groups[g].FirstLayer;
        }

        return count;
    }

    /// <summary>
    /// Puts pages of its own in place of the partly filled ones that it shares: copy on write. The pool has as many free pages.
    /// </summary>
    public void OwnPartlyFilled(int rows, Action<int, int> copy)
    {
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var slots = _layout.Slots(_layers[layer].Group, rows);
            if (!KvGroup.IsWhole(slots))
            {
                ref var page = ref _tables[_layers[layer].Start + KvGroup.BlocksFor(slots) - 1];
                var own = _pool.Take();
                copy(page, own);
                _pool.Release(page);
                page = own;
            }
        }
    }

    /// <summary>Gives back pages in use behind the first <paramref name="rows"/> rows.</summary>
    public void Trim(int rows)
    {
        for (var g = 0; g < _blocks.Length; g++)
        {
            var group = _layout.Groups[g];
            for (var wanted = KvGroup.BlocksFor(_layout.Slots(g, rows)); _blocks[g] > wanted; _blocks[g]--)
            {
                for (var layer = group.FirstLayer; layer < group.EndLayer; layer++)
                {
                    _pool.Release(_tables[_layers[layer].Start + _blocks[g] - 1]);
                }
            }
        }
    }

    /// <summary>The sequence needs its pages no longer; they are kept for others.</summary>
    public void Keep()
    {
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            foreach (var page in Pages(layer))
            {
                _pool.Keep(page);
                _pool.Release(page);
            }
        }
    }

    /// <summary>Gives everything back that is in use.</summary>
    public void Release()
    {
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            foreach (var page in Pages(layer))
            {
                _pool.Release(page);
            }
        }

        _blocks.AsSpan().Clear();
    }

    /// <summary>Gives everything back that was kept.</summary>
    public void GiveUp()
    {
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            foreach (var page in Pages(layer))
            {
                _pool.GiveUp(page);
            }
        }

        _blocks.AsSpan().Clear();
    }

    private readonly record struct LayerTable(int Group, int Start);
}
