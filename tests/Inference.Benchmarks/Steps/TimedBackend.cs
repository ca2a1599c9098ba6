using System.Diagnostics;
using Inference.Compute;

namespace Inference.Benchmarks.Steps;

/// <summary>Another backend, and the time that each of its operations takes. One thread at a time, like any backend.</summary>
internal sealed class TimedBackend(IBackend inner) : IBackend
{
    private readonly Dictionary<string, (long Calls, long Ticks)> _times = [];

    /// <summary>Operations by name, the longest first.</summary>
    public IEnumerable<(string Name, long Calls, TimeSpan Time)> Times =>
        _times.Select(pair => (pair.Key, pair.Value.Calls, Stopwatch.GetElapsedTime(0, pair.Value.Ticks)))
            .OrderByDescending(time => time.Item3);

    public string Description => inner.Description;

    public string PackedLayout => inner.PackedLayout;

    public int PackedAlignment => inner.PackedAlignment;

    public void Forget() => _times.Clear();

    public Buffer<T> Allocate<T>(long length)
        where T : unmanaged => inner.Allocate<T>(length);

    public void Upload<T>(ReadOnlySpan<T> source, Buffer<T> destination, long offset = 0)
        where T : unmanaged
    {
        var start = Stopwatch.GetTimestamp();
        inner.Upload(source, destination, offset);
        Note(nameof(Upload), start);
    }

    public void Download<T>(Buffer<T> source, long offset, Span<T> destination)
        where T : unmanaged
    {
        var start = Stopwatch.GetTimestamp();
        inner.Download(source, offset, destination);
        Note(nameof(Download), start);
    }

    public void Synchronize() => inner.Synchronize();

    public PackedMatrix Pack(ReadOnlySpan<WeightSource> sources, NumberFormat format) => inner.Pack(sources, format);

    public long PackedBytes(int outputs, int inputs, NumberFormat format) => inner.PackedBytes(outputs, inputs, format);

    public PackedMatrix Adopt(nint address, int outputs, int inputs, NumberFormat format) => inner.Adopt(address, outputs, inputs, format);

    public long KvPageBytes(KvGeometry geometry) => inner.KvPageBytes(geometry);

    public KvPool CreateKvPool(KvGeometry geometry, int pages) => inner.CreateKvPool(geometry, pages);

    public void MatMul(Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias = null) =>
        Time(nameof(MatMul), () => inner.MatMul(x, w, y, bias));

    public void MatMulAdd(Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias = null) =>
        Time(nameof(MatMulAdd), () => inner.MatMulAdd(x, w, y, bias));

    public void Embed(PackedMatrix table, Buffer<int> ids, Matrix y) => Time(nameof(Embed), () => inner.Embed(table, ids, y));

    public void CopyRows(Matrix source, Buffer<int> sourceRows, Matrix destination, Buffer<int> destinationRows, int count) =>
        Time(nameof(CopyRows), () => inner.CopyRows(source, sourceRows, destination, destinationRows, count));

    public void Copy(Matrix source, Matrix destination) => Time(nameof(Copy), () => inner.Copy(source, destination));

    public void Add(Matrix x, Matrix y) => Time(nameof(Add), () => inner.Add(x, y));

    public void RmsNorm(Matrix x, Buffer<float> weight, float epsilon, Matrix y) =>
        Time(nameof(RmsNorm), () => inner.RmsNorm(x, weight, epsilon, y));

    public void LayerNorm(Matrix x, Buffer<float> weight, Buffer<float> bias, float epsilon, Matrix y) =>
        Time(nameof(LayerNorm), () => inner.LayerNorm(x, weight, bias, epsilon, y));

    public void Activate(Matrix x, Activation activation) => Time(nameof(Activate), () => inner.Activate(x, activation));

    public void ActivateGated(Matrix gate, Matrix up, Activation activation, Matrix y) =>
        Time(nameof(ActivateGated), () => inner.ActivateGated(gate, up, activation, y));

    public void Rotary(Matrix x, int headDim, Buffer<int> positions, RotaryTable table) =>
        Time(nameof(Rotary), () => inner.Rotary(x, headDim, positions, table));

    public void WriteKv(
        Matrix k, Matrix v, KvPool pool, Buffer<AttentionSegment> segments, int segmentCount, Buffer<int> pageTable, int pageTableOffset) =>
        Time(nameof(WriteKv), () => inner.WriteKv(k, v, pool, segments, segmentCount, pageTable, pageTableOffset));

    public void RotaryWriteKv(
        Matrix q, Matrix k, Matrix v, Buffer<int> positions, RotaryTable table, KvPool pool, Buffer<AttentionSegment> segments,
        int segmentCount, Buffer<int> pageTable, int pageTableOffset) =>
        Time(
            nameof(RotaryWriteKv),
            () => inner.RotaryWriteKv(q, k, v, positions, table, pool, segments, segmentCount, pageTable, pageTableOffset));

    public void Attention(
        Matrix q, KvPool pool, Buffer<AttentionSegment> segments, int segmentCount, Buffer<int> pageTable, int pageTableOffset, float scale,
        Matrix y) =>
        Time(nameof(Attention), () => inner.Attention(q, pool, segments, segmentCount, pageTable, pageTableOffset, scale, y));

    public void CopyKvPage(KvPool pool, int from, int to) => Time(nameof(CopyKvPage), () => inner.CopyKvPage(pool, from, to));

    public void Softmax(Matrix x) => Time(nameof(Softmax), () => inner.Softmax(x));

    public void AttentionScores(Matrix q, Matrix k, int headDim, float scale, Matrix y) =>
        Time(nameof(AttentionScores), () => inner.AttentionScores(q, k, headDim, scale, y));

    public void RowDistances(Matrix a, Matrix b, Matrix y) => Time(nameof(RowDistances), () => inner.RowDistances(a, b, y));

    public void MeanRow(Matrix x, Matrix y) => Time(nameof(MeanRow), () => inner.MeanRow(x, y));

    public void CombineRows(Matrix source, Buffer<RowTerm> terms, int first, int count, Matrix destination) =>
        Time(nameof(CombineRows), () => inner.CombineRows(source, terms, first, count, destination));

    public void DotRows(Matrix x, Matrix vectors, Buffer<DotTerm> terms, int first, int count, Buffer<float> y) =>
        Time(nameof(DotRows), () => inner.DotRows(x, vectors, terms, first, count, y));

    public void LogSumExp(Matrix x, Buffer<float> y) => Time(nameof(LogSumExp), () => inner.LogSumExp(x, y));

    public void JensenShannon(Matrix reference, Buffer<float> referenceLogSum, Matrix x, Buffer<float> logSums, Buffer<float> y) =>
        Time(nameof(JensenShannon), () => inner.JensenShannon(reference, referenceLogSum, x, logSums, y));

    public void GatherColumns(Matrix x, Buffer<int> columns, Matrix y) =>
        Time(nameof(GatherColumns), () => inner.GatherColumns(x, columns, y));

    public void Dispose()
    {
        // It belongs to who made it.
    }

    private void Time(string name, Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        Note(name, start);
    }

    private void Note(string name, long start)
    {
        var ticks = Stopwatch.GetTimestamp() - start;
        var (calls, before) = _times.GetValueOrDefault(name);
        _times[name] = (calls + 1, before + ticks);
    }
}
