using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>Rotation of queries and keys with the write into pages, against the three operations one after the other.</summary>
public sealed class RotaryWriteKvTests
{
    private const int Positions = 300;

    private static readonly (int Heads, int KvHeads, int HeadDim)[] Geometries =
        [(1, 1, 2), (4, 2, 20), (6, 2, 32), (8, 1, 64), (3, 3, 72), (16, 2, 128), (26, 2, 34)];

    // Rows from slot `Cached` on, with rows between segments that belong to nobody.
    private static readonly (int Rows, int Cached)[][] Batches =
        [[(1, 0)], [(1, 32), (1, 95), (1, 7)], [(5, 30), (0, 4), (70, 0)], [(200, 90)]];

    public static TheoryData<VectorWidth, NumberFormat> WidthsAndFormats
    {
        get
        {
            var data = new TheoryData<VectorWidth, NumberFormat>();
            foreach (var width in Widths.All.Append(VectorWidth.Scalar))
            {
                data.Add(width, NumberFormat.F32);
                data.Add(width, NumberFormat.BF16);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void Bits_are_those_of_the_operations_one_by_one(VectorWidth width, NumberFormat format)
    {
        using var plain = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        foreach (var threads in (int[])[1, 3])
        {
            using var backend = new CpuBackend(new CpuOptions { Threads = threads, VectorWidth = width });
            foreach (var (heads, kvHeads, headDim) in Geometries)
            {
                foreach (var batch in Batches)
                {
                    var expected = Written(plain, heads, kvHeads, headDim, format, batch, together: false);
                    var found = Written(backend, heads, kvHeads, headDim, format, batch, together: true);
                    var what = $"{heads} heads on {kvHeads} of {headDim}, {batch.Length} segments, {threads} threads";
                    Numbers.AssertSameBits(expected.Rows, found.Rows, what);
                    Assert.True(expected.Pages.AsSpan().SequenceEqual(found.Pages), what + ": pages differ");
                }
            }
        }
    }

    [Fact]
    public void Rows_in_no_segment_are_left()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var scene = new Scene(backend, 4, 2, 20, NumberFormat.F32, [(1, 0), (1, 3)]);
        scene.Run(together: true);
        var found = scene.Rows.Download();
        var width = scene.Rows.Matrix.Columns;
        Assert.Equal(scene.Rows.Values[width..(2 * width)], found[width..(2 * width)]);
        Assert.NotEqual(scene.Rows.Values[..width], found[..width]);
    }

    [Fact]
    public void Segments_that_share_rows_and_shapes_that_do_not_fit_are_refused_before_anything_turns()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var scene = new Scene(backend, 4, 2, 20, NumberFormat.F32, [(2, 0), (2, 0)]);
        var good = scene.Segments.ToArray();
        AttentionSegment[][] wrong =
        [
            [good[0], good[1] with { FirstRow = 1 }], [good[1], good[0]], [good[0], good[1] with { FirstRow = 6 }],
            [good[0], good[1] with { Visible = 65 }],
        ];
        foreach (var segments in wrong)
        {
            scene.Segments = segments;
            Assert.Throws<ArgumentException>(() => scene.Run(together: true));
        }

        scene.Segments = good;
        backend.Upload<int>([Positions], scene.Places, 1);
        Assert.Throws<ArgumentException>(() => scene.Run(together: true));
        Assert.Equal(scene.Rows.Values, scene.Rows.Download());
    }

    private static (float[] Rows, byte[] Pages) Written(
        CpuBackend backend, int heads, int kvHeads, int headDim, NumberFormat format, (int Rows, int Cached)[] batch, bool together)
    {
        using var scene = new Scene(backend, heads, kvHeads, headDim, format, batch);
        scene.Run(together);
        return (scene.SegmentRows(), scene.Pages());
    }

    /// <summary>One matrix of queries, keys and values, as a block's projection leaves it, and pages in a scrambled order.</summary>
    private sealed class Scene : IDisposable
    {
        private readonly CpuBackend _backend;
        private readonly KvPool _pool;
        private readonly Buffer<int> _pageTable;
        private readonly Buffer<AttentionSegment> _list;
        private readonly RotaryTable _table;
        private readonly int _queryWidth;
        private readonly int _kvWidth;

        public Scene(CpuBackend backend, int heads, int kvHeads, int headDim, NumberFormat format, (int Rows, int Cached)[] batch)
        {
            _backend = backend;
            (_queryWidth, _kvWidth) = (heads * headDim, kvHeads * headDim);
            var segments = new List<AttentionSegment>();
            var (row, page) = (0, 0);
            foreach (var (rows, cached) in batch)
            {
                segments.Add(new AttentionSegment(row, rows, page, cached + 1, 1));
                row += rows + 1;
                page += (cached + rows + KvGeometry.PageSize - 1) / KvGeometry.PageSize;
            }

            Segments = [.. segments];
            Rows = new TestMatrix(backend, row, _queryWidth + (2 * _kvWidth), seed: headDim, magnitude: 2f);
            var random = new Random(1);
            var order = Enumerable.Range(0, page).ToArray();
            random.Shuffle(order);
            _pageTable = Uploaded(order.Prepend(page));
            Places = Uploaded(Enumerable.Range(0, row).Select(_ => random.Next(Positions)));
            _list = backend.Allocate<AttentionSegment>(segments.Count);
            _pool = backend.CreateKvPool(new KvGeometry(kvHeads, headDim, format), page);
            var angles = Numbers.Random(Positions * headDim / 2, seed: 3, magnitude: 3f);
            _table = new RotaryTable(
                Uploaded(angles.Select(MathF.Cos)), Uploaded(angles.Select(MathF.Sin)), Positions, headDim / 2);
        }

        public TestMatrix Rows { get; }

        public AttentionSegment[] Segments { get; set; }

        public Buffer<int> Places { get; }

        public void Run(bool together)
        {
            var q = Rows.Matrix.ColumnRange(0, _queryWidth);
            var k = Rows.Matrix.ColumnRange(_queryWidth, _kvWidth);
            var v = Rows.Matrix.ColumnRange(_queryWidth + _kvWidth, _kvWidth);
            _backend.Upload<AttentionSegment>(Segments, _list);
            if (together)
            {
                _backend.RotaryWriteKv(q, k, v, Places, _table, _pool, _list, Segments.Length, _pageTable, 1);
                return;
            }

            _backend.Rotary(q, _pool.Geometry.HeadDim, Places, _table);
            _backend.Rotary(k, _pool.Geometry.HeadDim, Places, _table);
            _backend.WriteKv(k, v, _pool, _list, Segments.Length, _pageTable, 1);
        }

        // Rows that belong to nobody are turned by the operations one by one only.
        public float[] SegmentRows()
        {
            var (values, columns) = (Rows.Download(), Rows.Matrix.Columns);
            return [.. Segments.SelectMany(s => values[(s.FirstRow * columns)..((s.FirstRow + s.RowCount) * columns)])];
        }

        public unsafe byte[] Pages() =>
            new ReadOnlySpan<byte>(((CpuKvPool)_pool).Base, checked((int)(_pool.Pages * _pool.PageBytes))).ToArray();

        public void Dispose()
        {
            Rows.Dispose();
            Places.Dispose();
            _pageTable.Dispose();
            _list.Dispose();
            _pool.Dispose();
            _table.Dispose();
        }

        private Buffer<T> Uploaded<T>(IEnumerable<T> values)
            where T : unmanaged
        {
            T[] all = [.. values];
            var buffer = _backend.Allocate<T>(all.Length);
            _backend.Upload<T>(all, buffer);
            return buffer;
        }
    }
}
