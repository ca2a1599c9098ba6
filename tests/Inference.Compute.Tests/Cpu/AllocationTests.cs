using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(1, NumberFormat.BF16)]
    [InlineData(5, NumberFormat.BF16)]
    [InlineData(40, NumberFormat.BF16)]
    [InlineData(1, NumberFormat.Int8)]
    [InlineData(40, NumberFormat.Int4)]
    [InlineData(40, NumberFormat.Int4Asymmetric)]
    public void No_operation_allocates_on_the_managed_heap(int rows, NumberFormat format)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 3 });
        using var weights = new TestWeights(backend, 512, 256, format, seed: 1);
        using var x = new TestMatrix(backend, rows, 256, seed: 2);
        using var y = new TestMatrix(backend, rows, 512, seed: 3);
        using var scores = new TestMatrix(backend, 4, rows, seed: 4);
        using var mean = new TestMatrix(backend, 1, 256, seed: 5);
        using var scale = backend.Allocate<float>(512);
        using var sums = backend.Allocate<float>(rows);
        using var terms = backend.Allocate<RowTerm>(1);
        using var indices = backend.Allocate<int>(rows);
        using var table = new RotaryTable(backend.Allocate<float>(64), backend.Allocate<float>(64), 2, 32);
        using var pool = backend.CreateKvPool(new KvGeometry(4, 64), 2);
        using var pages = backend.Allocate<int>(2);
        using var segments = backend.Allocate<AttentionSegment>(1);
        backend.Upload<AttentionSegment>([new AttentionSegment(0, rows, 0, 1, 1)], segments);
        backend.Upload<int>([1, 0], pages);

        void Step()
        {
            backend.Embed(weights.Packed, indices, x.Matrix);
            backend.MatMul(x.Matrix, weights.Packed, y.Matrix, scale);
            backend.MatMulAdd(x.Matrix, weights.Packed, y.Matrix, scale);
            backend.RmsNorm(y.Matrix, scale, 1e-5f, y.Matrix);
            backend.LayerNorm(y.Matrix, scale, scale, 1e-5f, y.Matrix);
            backend.Rotary(x.Matrix, 64, indices, table);
            backend.WriteKv(x.Matrix, x.Matrix, pool, segments, 1, pages, 0);
            backend.RotaryWriteKv(y.Matrix, x.Matrix, x.Matrix, indices, table, pool, segments, 1, pages, 0);
            backend.Attention(y.Matrix, pool, segments, 1, pages, 0, 0.1f, y.Matrix);
            backend.Add(x.Matrix, x.Matrix);
            backend.Activate(y.Matrix, Activation.Gelu);
            backend.ActivateGated(y.Matrix, y.Matrix, Activation.Silu, y.Matrix);
            backend.CopyRows(x.Matrix, indices, x.Matrix, indices, rows);
            backend.Copy(x.Matrix, x.Matrix);
            backend.Softmax(y.Matrix);
            backend.LogSumExp(y.Matrix, sums);
            backend.JensenShannon(y.Matrix.RowRange(0, 1), sums, y.Matrix, sums, sums);
            backend.CombineRows(x.Matrix, terms, 0, 1, x.Matrix);
            backend.GatherColumns(y.Matrix, indices, x.Matrix.ColumnRange(0, 1));
            backend.AttentionScores(x.Matrix.RowRange(0, 1), x.Matrix, 64, 0.1f, scores.Matrix);
            backend.MeanRow(x.Matrix, mean.Matrix);
            backend.Synchronize();
        }

        // The first rounds may meet code that is still being compiled and threads that sleep for the first time.
        var least = long.MaxValue;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
                Step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
