using BenchmarkDotNet.Attributes;
using Inference.Compute;
using Inference.Compute.Cpu;

namespace Inference.Benchmarks.Kernels;

/// <summary>
/// Causal attention of 32 heads of 64 that share four key heads, over as many tokens: the last one alone, or all of a prompt.
/// </summary>
[Config(typeof(RooflineConfig))]
public class AttentionBenchmarks : IRoofed, IDisposable
{
    private const int Heads = 32;
    private const int KvHeads = 4;
    private const int HeadDim = 64;
    private CpuBackend _backend = null!;
    private KvPool _pool = null!;
    private Buffer<int> _pages = null!;
    private Buffer<AttentionSegment> _segments = null!;
    private Matrix _q;
    private Matrix _y;

    [Params(512, 4096)]
    public int Tokens { get; set; }

    [Params(false, true)]
    public bool Prefill { get; set; }

    /// <inheritdoc/>
    public double Operations => 4.0 * Heads * HeadDim * (Prefill ? Tokens * (Tokens + 1) / 2.0 : Tokens);

    /// <inheritdoc/>
    public double BytesRead => 2.0 * sizeof(float) * Tokens * KvHeads * HeadDim;

    [GlobalSetup]
    public void SetUp()
    {
        _backend = new CpuBackend(new CpuOptions());
        var pages = (Tokens + KvGeometry.PageSize - 1) / KvGeometry.PageSize;
        _pool = _backend.CreateKvPool(new KvGeometry(KvHeads, HeadDim), pages);
        _pages = _backend.Allocate<int>(pages);
        _backend.Upload<int>([.. Enumerable.Range(0, pages)], _pages);
        _segments = _backend.Allocate<AttentionSegment>(1);
        _backend.Upload<AttentionSegment>([new(0, Tokens, 0, Tokens, 0)], _segments);
        var (k, v) = (Operands.Random(_backend, Tokens, KvHeads * HeadDim), Operands.Random(_backend, Tokens, KvHeads * HeadDim));
        _backend.WriteKv(k, v, _pool, _segments, 1, _pages, 0);
        k.Buffer.Dispose();
        v.Buffer.Dispose();
        var rows = Prefill ? Tokens : 1;
        _backend.Upload<AttentionSegment>([new(0, rows, 0, Tokens - rows + 1, 1)], _segments);
        (_q, _y) = (Operands.Random(_backend, rows, Heads * HeadDim), Operands.Random(_backend, rows, Heads * HeadDim));
    }

    [Benchmark]
    public void Attention() => _backend.Attention(_q, _pool, _segments, 1, _pages, 0, 0.1f, _y);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _q.Buffer.Dispose();
        _y.Buffer.Dispose();
        _segments.Dispose();
        _pages.Dispose();
        _pool.Dispose();
        _backend.Dispose();
        GC.SuppressFinalize(this);
    }
}
