using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed class MatMulTests
{
    public static TheoryData<VectorWidth, NumberFormat> WidthsAndFormats
    {
        get
        {
            var data = new TheoryData<VectorWidth, NumberFormat>();
            foreach (var width in Widths.All)
            {
                foreach (var format in Enum.GetValues<NumberFormat>())
                    data.Add(width, format);
            }

            return data;
        }
    }

    [Theory]
    [InlineData(NumberFormat.F32)]
    [InlineData(NumberFormat.BF16)]
    [InlineData(NumberFormat.F16)]
    public void The_plain_loops_follow_the_definition(NumberFormat format)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2, VectorWidth = VectorWidth.Scalar });
        using var w = new TestWeights(backend, 65, 33, format, format, seed: 2);
        var x = Numbers.Random(3 * 33, seed: 1);
        var found = Product(backend, x, 3, w, bias: null);
        for (var row = 0; row < 3; row++)
        {
            for (var output = 0; output < 65; output++)
            {
                var sum = 0.0;
                for (var k = 0; k < 33; k++)
                    sum += (double)x[(row * 33) + k] * w.Values[(output * 33) + k];
                Assert.Equal(sum, found[(row * 65) + output], 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void Every_width_and_thread_count_gives_the_bits_of_the_plain_loops(VectorWidth width, NumberFormat format)
    {
        using var plain = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        foreach (var threads in (int[])[1, 2, 3])
        {
            using var backend = new CpuBackend(new CpuOptions { Threads = threads, VectorWidth = width });
            foreach (var (rows, outputs, inputs) in Shapes)
            {
                var x = Numbers.Random(rows * inputs, seed: rows);
                var bias = (rows + outputs) % 2 == 0 ? Numbers.Random(outputs, seed: outputs) : null;
                using var expectedWeights = new TestWeights(plain, outputs, inputs, format, seed: inputs);
                using var weights = new TestWeights(backend, outputs, inputs, format, seed: inputs);
                var expected = Product(plain, x, rows, expectedWeights, bias);
                var found = Product(backend, x, rows, weights, bias);
                Numbers.AssertSameBits(expected, found, $"{rows} x {inputs} x {outputs}, {threads} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void A_row_has_the_same_bits_alone_and_in_any_batch(VectorWidth width, NumberFormat format)
    {
        const int Inputs = 300;
        const int Outputs = 97;
        using var backend = new CpuBackend(new CpuOptions { Threads = 2, VectorWidth = width });
        using var weights = new TestWeights(backend, Outputs, Inputs, format, seed: 5);
        var x = Numbers.Random(40 * Inputs, seed: 6);
        var alone = new float[40 * Outputs];
        for (var row = 0; row < 40; row++)
            Product(backend, x.AsSpan(row * Inputs, Inputs).ToArray(), 1, weights, bias: null).CopyTo(alone, row * Outputs);
        for (var rows = 1; rows <= 40; rows++)
        {
            // Rows from the end, so that a row meets every place within a tile.
            var first = 40 - rows;
            var together = Product(backend, x.AsSpan(first * Inputs).ToArray(), rows, weights, bias: null);
            Numbers.AssertSameBits(alone.AsSpan(first * Outputs), together, $"{rows} rows");
        }
    }

    [Fact]
    public void More_rows_than_a_block_holds_keep_their_bits()
    {
        const int Rows = 1030;
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var weights = new TestWeights(backend, 33, 270, NumberFormat.BF16, NumberFormat.BF16, seed: 1);
        var x = Numbers.Random(Rows * 270, seed: 2);
        var together = Product(backend, x, Rows, weights, bias: null);
        foreach (var row in (int[])[0, 503, 504, 515, 516, 1029])
        {
            var alone = Product(backend, x.AsSpan(row * 270, 270).ToArray(), 1, weights, bias: null);
            Numbers.AssertSameBits(alone, together.AsSpan(row * 33, 33), $"row {row}");
        }
    }

    [Fact]
    public void A_shape_that_does_not_fit_is_refused_with_both_shapes()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var w = new TestWeights(backend, 5, 7, NumberFormat.F32, NumberFormat.F32, seed: 1);
        using var x = new TestMatrix(backend, 2, 6, seed: 1);
        using var y = new TestMatrix(backend, 2, 5, seed: 1);
        var error = Assert.Throws<ArgumentException>(() => backend.MatMul(x.Matrix, w.Packed, y.Matrix));
        Assert.Contains("2 x 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 x 6", error.Message, StringComparison.Ordinal);
    }

    private static (int Rows, int Outputs, int Inputs)[] Shapes { get; } =
    [
        (1, 1, 1), (1, 33, 7), (1, 129, 95), (1, 640, 260), (2, 1, 7), (3, 95, 33), (5, 7, 129), (6, 33, 33), (7, 129, 1), (11, 31, 40),
        (12, 64, 64), (13, 33, 95), (25, 129, 33), (37, 65, 600),
    ];

    private static float[] Product(CpuBackend backend, float[] x, int rows, TestWeights weights, float[]? bias)
    {
        using var input = new TestMatrix(backend, rows, weights.Packed.Inputs, x);
        using var output = new TestMatrix(backend, rows, weights.Packed.Outputs, seed: 99);
        using var offsets = backend.Allocate<float>(weights.Packed.Outputs);
        if (bias is not null)
            backend.Upload<float>(bias, offsets);
        backend.MatMul(input.Matrix, weights.Packed, output.Matrix, bias is null ? null : offsets);
        return output.Download();
    }
}
