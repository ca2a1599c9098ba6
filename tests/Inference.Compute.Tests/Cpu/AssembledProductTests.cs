using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>
/// Products of quantised weights by assembled kernels and by those of the compiler. Where the processor cannot run the former, both are the
/// latter.
/// </summary>
public sealed class AssembledProductTests
{
    public static TheoryData<NumberFormat, bool> FormatsAndKernels => new()
    {
        { NumberFormat.Int8, true }, { NumberFormat.Int8, false }, { NumberFormat.Int4, true }, { NumberFormat.Int4, false },
    };

    [Theory]
    [MemberData(nameof(FormatsAndKernels))]
    public void Bits_are_those_of_the_plain_loops(NumberFormat format, bool assembled)
    {
        using var plain = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        using var backend = new CpuBackend(new CpuOptions
        {
            Threads = 2,
            VectorWidth = VectorWidth.Vector512,
            AssembledKernels = assembled,
        });
        foreach (var (outputs, inputs) in ((int, int)[])[(1, 1), (33, 31), (64, 32), (95, 129), (129, 1056)])
        {
            using var expectedWeights = new TestWeights(plain, outputs, inputs, format, seed: inputs);
            using var weights = new TestWeights(backend, outputs, inputs, format, seed: inputs);
            for (var rows = 1; rows <= 26; rows++)
            {
                var x = Numbers.Random(rows * inputs, seed: rows);
                // The largest integers of both signs.
                x.AsSpan(0, Math.Min(inputs, 40)).Fill(rows % 2 == 0 ? 1f : -1f);
                var bias = rows % 3 == 0 ? Numbers.Random(outputs, seed: rows) : null;
                var expected = Product(plain, x, rows, expectedWeights, bias);
                Numbers.AssertSameBits(expected, Product(backend, x, rows, weights, bias), $"{rows} x {inputs} x {outputs}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(FormatsAndKernels))]
    public void Many_rows_have_the_bits_of_one(NumberFormat format, bool assembled)
    {
        const int Rows = 1030;
        const int Inputs = 96;
        const int Outputs = 70;
        using var backend = new CpuBackend(new CpuOptions { Threads = 2, AssembledKernels = assembled });
        using var weights = new TestWeights(backend, Outputs, Inputs, format, seed: 1);
        var x = Numbers.Random(Rows * Inputs, seed: 2);
        var together = Product(backend, x, Rows, weights, bias: null);
        foreach (var row in (int[])[0, 11, 12, 503, 504, 515, 516, 1029])
        {
            var alone = Product(backend, x.AsSpan(row * Inputs, Inputs).ToArray(), 1, weights, bias: null);
            Numbers.AssertSameBits(alone, together.AsSpan(row * Outputs, Outputs), $"row {row}");
        }
    }

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
