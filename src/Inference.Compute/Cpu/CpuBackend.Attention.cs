namespace Inference.Compute.Cpu;

/// <content>Positions, attention and its cache: checks here, arithmetic in the kernels.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Rotary(Matrix x, int headDim, Buffer<int> positions, RotaryTable table)
    {
        var rotation = Rotation(x, headDim, positions, table);
        Cpu.Rotary.Run(_team, rotation, Arguments.View(x, nameof(x)), x.Columns / headDim);
    }

    /// <inheritdoc/>
    public void WriteKv(
        Matrix k, Matrix v, KvPool pool, Buffer<AttentionSegment> segments, int segmentCount, Buffer<int> pageTable, int pageTableOffset)
    {
        var slots = Slots(k, pool, segments, segmentCount, pageTable, pageTableOffset);
        Cpu.WriteKv.Run(_team, Arguments.View(k, nameof(k)), Arguments.View(v, k.Rows, k.Columns, nameof(v)), slots);
    }

    /// <inheritdoc/>
    public void RotaryWriteKv(
        Matrix q,
        Matrix k,
        Matrix v,
        Buffer<int> positions,
        RotaryTable table,
        KvPool pool,
        Buffer<AttentionSegment> segments,
        int segmentCount,
        Buffer<int> pageTable,
        int pageTableOffset)
    {
        var slots = Slots(k, pool, segments, segmentCount, pageTable, pageTableOffset);
        Arguments.Apart(segments, segmentCount, nameof(segments));
        var queries = Queries(q, pool.Geometry, nameof(q));
        var keys = Arguments.View(k, q.Rows, k.Columns, nameof(k));
        var values = Arguments.View(v, q.Rows, k.Columns, nameof(v));
        Cpu.RotaryWriteKv.Run(_team, Rotation(q, pool.Geometry.HeadDim, positions, table), queries, keys, values, slots);
    }

    /// <inheritdoc/>
    public void Attention(
        Matrix q,
        KvPool pool,
        Buffer<AttentionSegment> segments,
        int segmentCount,
        Buffer<int> pageTable,
        int pageTableOffset,
        float scale,
        Matrix y)
    {
        var pages = Arguments.Pool(pool, nameof(pool));
        var queries = Queries(q, pool.Geometry, nameof(q));
        var output = Arguments.View(y, q.Rows, q.Columns, nameof(y));
        var list = Arguments.Segments(segments, segmentCount, q.Rows, pageTable, pageTableOffset, pool.Pages, writes: false);
        var table = Arguments.Pointer(pageTable, nameof(pageTable)) + pageTableOffset;
        PagedAttention.Run(_team, _scratch, _attention, queries, pages, list, segmentCount, table, scale, output);
    }

    /// <inheritdoc/>
    public void CopyKvPage(KvPool pool, int from, int to)
    {
        var pages = Arguments.Pool(pool, nameof(pool));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)from, (uint)pages.Pages, nameof(from));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)to, (uint)pages.Pages, nameof(to));
        var bytes = pages.PageBytes;
        Buffer.MemoryCopy(pages.Base + (from * bytes), pages.Base + (to * bytes), bytes, bytes);
    }

    private static RowView Queries(Matrix q, KvGeometry geometry, string name)
    {
        var group = geometry.KvHeads * geometry.HeadDim;
        if (q.Columns == 0 || q.Columns % group != 0)
            throw new ArgumentException($"A multiple of {group} columns was expected, found {q.Columns}.", name);
        return Arguments.View(q, name);
    }

    private static KvSlots Slots(
        Matrix k, KvPool pool, Buffer<AttentionSegment> segments, int segmentCount, Buffer<int> pageTable, int pageTableOffset)
    {
        var pages = Arguments.Pool(pool, nameof(pool));
        _ = Arguments.View(k, k.Rows, pool.Geometry.KvHeads * pool.Geometry.HeadDim, nameof(k));
        var list = Arguments.Segments(segments, segmentCount, k.Rows, pageTable, pageTableOffset, pool.Pages, writes: true);
        return new KvSlots(pages, list, segmentCount, Arguments.Pointer(pageTable, nameof(pageTable)) + pageTableOffset);
    }

    private Rotation Rotation(Matrix x, int headDim, Buffer<int> positions, RotaryTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (headDim != 2 * table.HalfDim || headDim == 0 || x.Columns % headDim != 0)
        {
            var message = $"Heads of twice {table.HalfDim} in {x.Columns} columns were expected, found {headDim}.";
            throw new ArgumentException(message, nameof(headDim));
        }

        var angles = Arguments.Indices(positions, x.Rows, 0, table.Positions, nameof(positions));
        var length = (long)table.Positions * table.HalfDim;
        var cosines = Arguments.Pointer(table.Cosines, length, nameof(table));
        var sines = Arguments.Pointer(table.Sines, length, nameof(table));
        return new Rotation(_width, headDim, angles, cosines, sines);
    }
}
