using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>Attention scores of one row and means of rows: by definition in double, and bit by bit against the plain loops.</summary>
public sealed class RankingOperationTests
{
    private const int KvHeads = 2;
    private static readonly int[] Keys = [1, 5, 16, 17, 100, 3000];

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 24)]
    public void Scores_are_scaled_products_of_a_query_head_and_its_key_head(int group, int headDim)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        const int keys = 37;
        var (q, k) = (Numbers.Random(KvHeads * group * headDim, seed: 1), Numbers.Random(keys * KvHeads * headDim, seed: 2));
        var scores = Scores(backend, keys, group, headDim);
        for (var head = 0; head < KvHeads * group; head++)
        {
            for (var i = 0; i < keys; i++)
            {
                var expected = 0.25 * Enumerable.Range(0, headDim).Sum(
                    d => (double)q[(head * headDim) + d] * k[(i * KvHeads * headDim) + (head / group * headDim) + d]);
                Assert.Equal(expected, scores[(head * keys) + i], 1e-5);
            }
        }
    }

    [Fact]
    public void A_mean_of_rows_follows_the_definition()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        var x = Numbers.Random(7 * 2100, seed: 3);
        var mean = Mean(backend, 7, 2100);
        Assert.All(
            Enumerable.Range(0, 2100),
            i => Assert.Equal(Enumerable.Range(0, 7).Average(row => (double)x[(row * 2100) + i]), mean[i], 1e-6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(131)]
    public void Distances_of_rows_follow_the_definition(int columns)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        var (a, b) = (Numbers.Random(9 * columns, seed: 4), Numbers.Random(9 * columns, seed: 5));
        var distances = Distances(backend, 9, columns);
        Assert.All(Enumerable.Range(0, 9), row => Assert.Equal(
            Math.Sqrt(Enumerable.Range(row * columns, columns).Sum(i => ((double)a[i] - b[i]) * ((double)a[i] - b[i]))), distances[row],
            1e-5));
    }

    [Theory]
    [MemberData(nameof(Widths.Data), MemberType = typeof(Widths))]
    public void Every_width_and_number_of_threads_gives_the_bits_of_the_plain_loops(VectorWidth width)
    {
        using var plain = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        using var wide = new CpuBackend(new CpuOptions { Threads = 3, VectorWidth = width });
        foreach (var keys in Keys)
        {
            Numbers.AssertSameBits(Scores(plain, keys, 3, 20), Scores(wide, keys, 3, 20), $"scores of {keys} keys");
            Numbers.AssertSameBits(Mean(plain, 6, keys), Mean(wide, 6, keys), $"mean of {keys} columns");
            Numbers.AssertSameBits(Distances(plain, 40, keys), Distances(wide, 40, keys), $"distances of {keys} columns");
        }
    }

    [Fact]
    public void Scores_of_a_key_do_not_depend_on_the_others()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        var (all, few) = (Scores(backend, 50, 3, 20), Scores(backend, 9, 3, 20));
        for (var head = 0; head < KvHeads * 3; head++)
            Numbers.AssertSameBits(all.AsSpan(head * 50, 9), few.AsSpan(head * 9, 9), $"head {head}");
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var x = new TestMatrix(backend, 3, 24, seed: 1);
        using var y = new TestMatrix(backend, 3, 3, seed: 1);
        Assert.Throws<ArgumentException>(() => backend.AttentionScores(x.Matrix.RowRange(0, 1), x.Matrix, 7, 1f, y.Matrix));
        Assert.Throws<ArgumentException>(() => backend.AttentionScores(x.Matrix, x.Matrix, 8, 1f, y.Matrix));
        Assert.Throws<ArgumentException>(() => backend.AttentionScores(x.Matrix.RowRange(0, 1), x.Matrix, 4, 1f, y.Matrix));
        Assert.Throws<ArgumentException>(() => backend.MeanRow(x.Matrix, y.Matrix));
    }

    private static float[] Scores(CpuBackend backend, int keys, int group, int headDim)
    {
        using var q = new TestMatrix(backend, 1, KvHeads * group * headDim, seed: 1);
        using var k = new TestMatrix(backend, keys, KvHeads * headDim, seed: 2);
        using var y = new TestMatrix(backend, KvHeads * group, keys, seed: 9);
        backend.AttentionScores(q.Matrix, k.Matrix, headDim, 0.25f, y.Matrix);
        return y.Download();
    }

    private static float[] Mean(CpuBackend backend, int rows, int columns)
    {
        using var x = new TestMatrix(backend, rows, columns, seed: 3);
        using var y = new TestMatrix(backend, 1, columns, seed: 9);
        backend.MeanRow(x.Matrix, y.Matrix);
        return y.Download();
    }

    private static float[] Distances(CpuBackend backend, int rows, int columns)
    {
        using var a = backend.Allocate<float>(rows * columns);
        using var b = backend.Allocate<float>(rows * columns);
        using var y = backend.Allocate<float>(rows);
        backend.Upload<float>(Numbers.Random(rows * columns, seed: 4), a);
        backend.Upload<float>(Numbers.Random(rows * columns, seed: 5), b);
        backend.RowDistances(new Matrix(a, rows, columns), new Matrix(b, rows, columns), new Matrix(y, 1, rows));
        var distances = new float[rows];
        backend.Download(y, 0, distances.AsSpan());
        return distances;
    }
}
