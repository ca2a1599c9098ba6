using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>A product that is added to its result, against the product and the add one after the other.</summary>
public sealed class MatMulAddTests
{
    // rows, outputs, inputs: one row and tiles of several, whole panels and parts of one, one block of k and several
    private static readonly (int Rows, int Outputs, int Inputs)[] Shapes =
    [
        (1, 1, 1), (1, 64, 33), (1, 129, 300), (2, 32, 7), (3, 95, 33), (6, 33, 520), (12, 64, 64), (13, 160, 256), (25, 129, 257),
        (37, 65, 600), (40, 96, 1056),
    ];

    public static TheoryData<VectorWidth, NumberFormat, bool> Kernels
    {
        get
        {
            var data = new TheoryData<VectorWidth, NumberFormat, bool>();
            foreach (var format in Enum.GetValues<NumberFormat>())
            {
                foreach (var width in Widths.All.Append(VectorWidth.Scalar))
                    data.Add(width, format, false);
                if (format.IsQuantized())
                    data.Add(VectorWidth.Vector512, format, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Bits_are_those_of_the_product_and_of_the_add_after_it(VectorWidth width, NumberFormat format, bool assembled)
    {
        using var plain = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        foreach (var threads in (int[])[1, 3])
        {
            using var backend = new CpuBackend(
                new CpuOptions { Threads = threads, VectorWidth = width, AssembledKernels = assembled });
            foreach (var (rows, outputs, inputs) in Shapes)
            {
                foreach (var biased in (bool[])[false, true])
                {
                    var expected = Sum(plain, format, rows, outputs, inputs, biased, Apart);
                    var what = $"{rows} x {inputs} x {outputs}, {threads} threads, bias {biased}";
                    Numbers.AssertSameBits(expected, Sum(backend, format, rows, outputs, inputs, biased, Apart), what + ", apart");
                    Numbers.AssertSameBits(expected, Sum(backend, format, rows, outputs, inputs, biased, Together), what);
                }
            }
        }
    }

    [Theory]
    [InlineData(NumberFormat.F32)]
    [InlineData(NumberFormat.BF16)]
    [InlineData(NumberFormat.F16)]
    [InlineData(NumberFormat.Int8)]
    public void More_rows_than_a_block_holds_keep_their_bits(NumberFormat format)
    {
        foreach (var assembled in (bool[])[false, true])
        {
            using var backend = new CpuBackend(new CpuOptions { Threads = 2, AssembledKernels = assembled });
            Numbers.AssertSameBits(
                Sum(backend, format, 1030, 161, 800, biased: true, Apart), Sum(backend, format, 1030, 161, 800, biased: true, Together),
                $"{format}");
        }
    }

    [Fact]
    public void A_sum_that_does_not_fit_is_refused_and_left()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var w = new TestWeights(backend, 5, 7, NumberFormat.F32, NumberFormat.F32, seed: 1);
        using var x = new TestMatrix(backend, 2, 7, seed: 1);
        using var y = new TestMatrix(backend, 2, 6, seed: 1);
        Assert.Throws<ArgumentException>(() => backend.MatMulAdd(x.Matrix, w.Packed, y.Matrix));
        Assert.Equal(y.Values, y.Download());
    }

    private delegate void Product(CpuBackend backend, Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias);

    private static void Together(CpuBackend backend, Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias) =>
        backend.MatMulAdd(x, w, y, bias);

    private static void Apart(CpuBackend backend, Matrix x, PackedMatrix w, Matrix y, Buffer<float>? bias)
    {
        using var product = new TestMatrix(backend, y.Rows, y.Columns, seed: 99);
        backend.MatMul(x, w, product.Matrix, bias);
        backend.Add(product.Matrix, y);
    }

    // The whole buffer, what lies between rows included.
    private static float[] Sum(CpuBackend backend, NumberFormat format, int rows, int outputs, int inputs, bool biased, Product product)
    {
        using var weights = new TestWeights(backend, outputs, inputs, format, seed: inputs);
        using var x = new TestMatrix(backend, rows, inputs, seed: rows);
        using var y = new TestMatrix(backend, rows, outputs, seed: outputs);
        using var bias = backend.Allocate<float>(outputs);
        backend.Upload<float>(Numbers.Random(outputs, seed: 3), bias);
        product(backend, x.Matrix, weights.Packed, y.Matrix, biased ? bias : null);
        var found = new float[y.Matrix.Buffer.Length];
        backend.Download(y.Matrix.Buffer, 0, found);
        return found;
    }
}
