using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>
/// Sequences of random queries, keys and values over scattered pages. Keys and values are written once per sequence; queries can then be
/// asked in any grouping into segments.
/// </summary>
internal sealed class AttentionScene : IDisposable
{
    private readonly CpuBackend _backend;
    private readonly KvPool _pool;
    private readonly Buffer<int> _pageTable;
    private readonly int _heads;
    private readonly int _headDim;
    private readonly int[] _firstPages;
    private readonly int[] _firstRows;

    public AttentionScene(
        CpuBackend backend, int heads, int kvHeads, int headDim, int[] lengths, int seed, NumberFormat format = NumberFormat.F32,
        bool roundToBFloat16 = false)
    {
        (_backend, _heads, _headDim, Lengths) = (backend, heads, headDim, lengths);
        var pages = lengths.Sum(PagesOf);
        _pool = backend.CreateKvPool(new KvGeometry(kvHeads, headDim, format), pages + 2);
        _pageTable = backend.Allocate<int>(pages + 1);
        _firstPages = new int[lengths.Length];
        _firstRows = new int[lengths.Length];
        // Pages in a scrambled order; entry 0 of the table belongs to nobody, so that the offset matters.
        var order = Enumerable.Range(1, pages).ToArray();
        new Random(seed).Shuffle(order);
        backend.Upload<int>(order, _pageTable, 1);
        var rows = lengths.Sum();
        Queries = Numbers.Random(rows * heads * headDim, seed + 1, 2f);
        Keys = Numbers.Random(rows * kvHeads * headDim, seed + 2, 2f);
        Values = Numbers.Random(rows * kvHeads * headDim, seed + 3);
        if (roundToBFloat16)
        {
            Keys = [.. Keys.Select(GroupQuantizer.RoundToBFloat16)];
            Values = [.. Values.Select(GroupQuantizer.RoundToBFloat16)];
        }

        for (int s = 1; s < lengths.Length; s++)
        {
            _firstPages[s] = _firstPages[s - 1] + PagesOf(lengths[s - 1]);
            _firstRows[s] = _firstRows[s - 1] + lengths[s - 1];
        }

        using var k = new TestMatrix(backend, rows, kvHeads * headDim, Keys);
        using var v = new TestMatrix(backend, rows, kvHeads * headDim, Values);
        var segments = lengths.Select((length, s) => new AttentionSegment(_firstRows[s], length, _firstPages[s], length, 0)).ToArray();
        using var list = Upload(segments);
        backend.WriteKv(k.Matrix, v.Matrix, _pool, list, segments.Length, _pageTable, 1);
    }

    public int[] Lengths { get; }

    public float[] Queries { get; }

    public float[] Keys { get; }

    public float[] Values { get; }

    public float Scale => 1f / MathF.Sqrt(_headDim);

    public int Width => _heads * _headDim;

    /// <summary>
    /// Causal attention of all rows, each sequence cut into chunks of <paramref name="chunk"/> rows, all chunks of a round in one call.
    /// </summary>
    public float[] Causal(int chunk)
    {
        using var q = new TestMatrix(_backend, Lengths.Sum(), Width, Queries);
        using var y = new TestMatrix(_backend, Lengths.Sum(), Width, seed: 9);
        for (var start = 0; start < Lengths.Max(); start += chunk)
        {
            var segments = new List<AttentionSegment>();
            for (var s = 0; s < Lengths.Length; s++)
            {
                var rows = Math.Min(chunk, Lengths[s] - start);
                if (rows > 0)
                    segments.Add(new AttentionSegment(_firstRows[s] + start, rows, _firstPages[s], start + 1, 1));
            }

            using var list = Upload([.. segments]);
            _backend.Attention(q.Matrix, _pool, list, segments.Count, _pageTable, 1, Scale, y.Matrix);
        }

        return y.Download();
    }

    /// <summary>Attention in which every row sees its whole sequence, as in a vision tower.</summary>
    public float[] Full()
    {
        using var q = new TestMatrix(_backend, Lengths.Sum(), Width, Queries);
        using var y = new TestMatrix(_backend, Lengths.Sum(), Width, seed: 9);
        using var list = Upload([.. Lengths.Select((length, s) => new AttentionSegment(_firstRows[s], length, _firstPages[s], length, 0))]);
        _backend.Attention(q.Matrix, _pool, list, Lengths.Length, _pageTable, 1, Scale, y.Matrix);
        return y.Download();
    }

    public void Dispose()
    {
        _pool.Dispose();
        _pageTable.Dispose();
    }

    private Buffer<AttentionSegment> Upload(AttentionSegment[] segments)
    {
        var buffer = _backend.Allocate<AttentionSegment>(segments.Length);
        _backend.Upload<AttentionSegment>(segments, buffer);
        return buffer;
    }

    private static int PagesOf(int length) => (length + KvGeometry.PageSize - 1) / KvGeometry.PageSize;
}
