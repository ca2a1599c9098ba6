using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>
/// Reductions over a vocabulary, weighted rows and gathers: by definition in double, and the same bits at every width and number of
/// threads.
/// </summary>
public sealed class LensOperationTests
{
    private const int Rows = 5;
    private static readonly int[] Columns = [1, 7, 15, 16, 17, 64, 129, 4001];

    [Fact]
    public void Log_sum_exp_follows_the_definition()
    {
        foreach (var columns in Columns)
        {
            var scene = new Scene(columns, magnitude: 20f);
            for (var row = 0; row < Rows; row++)
                Assert.Equal(Math.Log(scene.Row(row).Sum(v => Math.Exp(v))), scene.Run(VectorWidth.Scalar, 1).LogSums[row], 1e-5);
        }
    }

    [Theory]
    [InlineData(0.01f)]
    [InlineData(3f)]
    [InlineData(80f)]
    public void Jensen_shannon_follows_the_definition(float magnitude)
    {
        foreach (var columns in Columns)
        {
            var scene = new Scene(columns, magnitude);
            var p = Distribution(scene.Reference);
            for (var row = 0; row < Rows; row++)
            {
                var q = Distribution(scene.Row(row));
                var sum = p.Zip(q).Sum(pair => Term(pair.First, pair.Second) + Term(pair.Second, pair.First));
                Assert.Equal(0.5 * sum / columns, scene.Run(VectorWidth.Scalar, 1).Divergences[row], (1e-6 + (2e-7 * magnitude)) / columns);
            }
        }

        static double Term(double a, double b) => a == 0 ? 0 : a * Math.Log(2 * a / (a + b));
    }

    [Theory]
    [MemberData(nameof(Widths.Data), MemberType = typeof(Widths))]
    public void Every_width_and_number_of_threads_gives_the_bits_of_the_plain_loops(VectorWidth width)
    {
        foreach (var columns in Columns)
        {
            var scene = new Scene(columns, magnitude: 9f);
            var expected = scene.Run(VectorWidth.Scalar, 1);
            foreach (var threads in new[] { 1, 3 })
            {
                var found = scene.Run(width, threads);
                Numbers.AssertSameBits(expected.LogSums, found.LogSums, $"log-sum-exp of {columns}");
                Numbers.AssertSameBits(expected.Divergences, found.Divergences, $"divergence of {columns}");
                Numbers.AssertSameBits(expected.Combined, found.Combined, $"weighted rows of {columns}");
            }
        }
    }

    [Fact]
    public void A_row_of_weight_1_is_copied_bit_by_bit_and_others_are_weighted_and_added()
    {
        var scene = new Scene(33, magnitude: 5f);
        var combined = scene.Run(VectorWidth.Scalar, 1).Combined;
        Numbers.AssertSameBits(scene.Row(3), combined.AsSpan(0, 33), "copied row");
        for (var i = 0; i < 33; i++)
            Assert.Equal((0.25 * scene.Row(0)[i]) + (0.75 * scene.Row(2)[i]), combined[33 + i], 1e-6);
    }

    [Fact]
    public void Gathered_columns_are_those_that_were_named()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var x = new TestMatrix(backend, 2, 50, seed: 3);
        using var y = new TestMatrix(backend, 2, 3, seed: 4);
        using var columns = backend.Allocate<int>(3);
        backend.Upload<int>([49, 0, 7], columns);
        backend.GatherColumns(x.Matrix, columns, y.Matrix);
        Assert.Equal([x.Values[49], x.Values[0], x.Values[7], x.Values[99], x.Values[50], x.Values[57]], y.Download());
    }

    [Fact]
    public void Rows_and_columns_that_do_not_exist_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var x = new TestMatrix(backend, 2, 4, seed: 1);
        using var y = new TestMatrix(backend, 2, 4, seed: 2);
        using var terms = backend.Allocate<RowTerm>(1);
        using var columns = backend.Allocate<int>(4);
        backend.Upload<RowTerm>([new RowTerm(2, 0, 1f, 0)], terms);
        Assert.Throws<ArgumentException>(() => backend.CombineRows(x.Matrix, terms, 0, 1, y.Matrix));
        backend.Upload<RowTerm>([new RowTerm(0, -1, 1f, 0)], terms);
        Assert.Throws<ArgumentException>(() => backend.CombineRows(x.Matrix, terms, 0, 1, y.Matrix));
        backend.Upload<int>([0, 1, 2, 4], columns);
        Assert.Throws<ArgumentException>(() => backend.GatherColumns(x.Matrix, columns, y.Matrix));
    }

    private static double[] Distribution(float[] logits)
    {
        var max = (double)logits.Max();
        var sum = logits.Sum(v => Math.Exp(v - max));
        return [.. logits.Select(v => Math.Exp(v - max) / sum)];
    }

    private sealed class Scene(int columns, float magnitude)
    {
        private readonly float[] _rows = Numbers.Random(Rows * columns, columns, magnitude);

        public float[] Reference { get; } = Numbers.Random(columns, columns + 1, magnitude);

        public float[] Row(int row) => _rows[(row * columns)..((row + 1) * columns)];

        public (float[] LogSums, float[] Divergences, float[] Combined) Run(VectorWidth width, int threads)
        {
            using var backend = new CpuBackend(new CpuOptions { Threads = threads, VectorWidth = width });
            using var reference = new TestMatrix(backend, 1, columns, Reference);
            using var rows = new TestMatrix(backend, Rows, columns, _rows);
            using var combined = new TestMatrix(backend, 2, columns, seed: 9);
            using var referenceSum = backend.Allocate<float>(1);
            using var sums = backend.Allocate<float>(Rows);
            using var divergences = backend.Allocate<float>(Rows);
            using var terms = backend.Allocate<RowTerm>(4);
            backend.LogSumExp(reference.Matrix, referenceSum);
            backend.LogSumExp(rows.Matrix, sums);
            backend.JensenShannon(reference.Matrix, referenceSum, rows.Matrix, sums, divergences);
            backend.Upload<RowTerm>([default, new RowTerm(3, 0, 1f, 0), new RowTerm(0, 1, 0.25f, 0), new RowTerm(2, 1, 0.75f, 1)], terms);
            backend.CombineRows(rows.Matrix, terms, 1, 3, combined.Matrix);
            var (logSums, found) = (new float[Rows], new float[Rows]);
            backend.Download(sums, 0, logSums.AsSpan());
            backend.Download(divergences, 0, found.AsSpan());
            return (logSums, found, combined.Download());
        }
    }
}
