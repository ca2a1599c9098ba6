using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed unsafe class QuantizedTests
{
    public static TheoryData<VectorWidth, NumberFormat> WidthsAndFormats
    {
        get
        {
            var data = new TheoryData<VectorWidth, NumberFormat>();
            foreach (var width in (VectorWidth[])[VectorWidth.Scalar, .. Widths.All])
            {
                data.Add(width, NumberFormat.Int8);
                data.Add(width, NumberFormat.Int4);
                data.Add(width, NumberFormat.Int4Asymmetric);
            }

            return data;
        }
    }

    [Theory]
    [InlineData(NumberFormat.Int8, NumberFormat.F32, 127)]
    [InlineData(NumberFormat.Int8, NumberFormat.BF16, 127)]
    [InlineData(NumberFormat.Int8, NumberFormat.F16, 127)]
    [InlineData(NumberFormat.Int4, NumberFormat.F32, 8)]
    public void Weights_come_back_within_half_a_step_of_their_group(NumberFormat format, NumberFormat source, int steps)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        foreach (var (outputs, inputs) in ((int, int)[])[(1, 1), (33, 31), (40, 32), (95, 129)])
        {
            using var weights = new TestWeights(backend, outputs, inputs, source, format, seed: inputs);
            var found = Rows(backend, weights.Packed);
            for (var i = 0; i < found.Length; i++)
            {
                var k = i % inputs;
                var group = weights.Values.AsSpan(i - (k % 32), Math.Min(32, inputs - k + (k % 32))).ToArray();
                // bfloat16 scales are up to 1/256 off; of four bits the side without a −8 ends one step early.
                var step = group.Max(MathF.Abs) / steps * (1 + (1f / 256));
                var limit = format == NumberFormat.Int8 || MathF.Abs(weights.Values[i]) < 7 * step ? 0.51f * step : 1.05f * step;
                Assert.InRange(MathF.Abs(found[i] - weights.Values[i]), 0, limit);
            }
        }
    }

    [Fact]
    public void Offsets_bring_groups_nearer_than_a_grid_from_the_least_weight_to_the_greatest()
    {
        const int Inputs = 100;
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var values = Numbers.Random(2 * Inputs, seed: 5);
        for (var i = 0; i < Inputs; i++)
            values[i] += 3f;
        values.AsSpan(Inputs, 32).Fill(0.375f);
        using var packed = Pack(backend, values, 2, NumberFormat.Int4Asymmetric);
        var found = Rows(backend, packed);
        for (var start = 0; start < values.Length; start += Math.Min(32, Inputs - (start % Inputs)))
        {
            var end = start + Math.Min(32, Inputs - (start % Inputs));
            var group = values[start..end];
            var (least, greatest) = (group.Min(), group.Max());
            // Half a step, and what bfloat16 takes off the step and off the offset.
            var limit = ((greatest - least) / 30 * 1.05f) + (MathF.Max(MathF.Abs(least), MathF.Abs(greatest)) / 256);
            var error = Math.Sqrt(group.Zip(found[start..end], (a, b) => (double)(a - b) * (a - b)).Average());
            Assert.InRange(error, 0, limit);
        }

        Assert.All(found[Inputs..(Inputs + 32)], value => Assert.Equal(0.375f, value));
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void Products_are_those_of_the_rounded_weights_and_inputs(VectorWidth width, NumberFormat format)
    {
        const int Inputs = 77;
        using var backend = new CpuBackend(new CpuOptions { Threads = 2, VectorWidth = width });
        using var weights = new TestWeights(backend, 35, Inputs, format, seed: 3);
        using var x = new TestMatrix(backend, 3, Inputs, seed: 4);
        var (w, rounded) = (Rows(backend, weights.Packed), RoundedInputs(x.Values, Inputs));
        var found = Product(backend, x, weights.Packed);
        for (var i = 0; i < found.Length; i++)
        {
            var (row, output) = (i / 35, i % 35);
            var sum = 0.0;
            for (var k = 0; k < Inputs; k++)
                sum += rounded[(row * Inputs) + k] * w[(output * Inputs) + k];
            Assert.Equal(sum, found[i], 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void Groups_of_zeros_and_of_the_largest_and_smallest_numbers_keep_their_meaning(VectorWidth width, NumberFormat format)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = width });
        // Inputs 0…31 zeros, 32…63 huge, 64…95 below every normal number, 96…127 the largest integers on both sides.
        var values = new float[128];
        values.AsSpan(32, 32).Fill(1e30f);
        values.AsSpan(64, 32).Fill(1e-42f);
        values.AsSpan(96, 32).Fill(-1f);
        using var packed = Pack(backend, values, 1, format);
        var inputs = new float[2 * 128];
        inputs.AsSpan(0, 32).Fill(1f);
        inputs.AsSpan(32, 32).Fill(1e-30f);
        inputs.AsSpan(128 + 64, 32).Fill(1e-42f);
        inputs.AsSpan(128 + 96, 32).Fill(-3e38f);
        using var x = new TestMatrix(backend, 2, 128, inputs);
        var found = Product(backend, x, packed);
        Assert.Equal(32, found[0], 0.2f);
        Assert.Equal(float.PositiveInfinity, found[1]);
        Assert.Equal(0f, Rows(backend, packed)[64]);
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void An_input_that_is_no_finite_number_spoils_its_own_row_alone(VectorWidth width, NumberFormat format)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2, VectorWidth = width });
        using var weights = new TestWeights(backend, 40, 100, format, seed: 1);
        var values = Numbers.Random(3 * 100, seed: 2);
        using var sound = new TestMatrix(backend, 3, 100, [.. values]);
        (values[40], values[299]) = (float.NegativeInfinity, float.NaN);
        using var spoilt = new TestMatrix(backend, 3, 100, values);
        var (expected, found) = (Product(backend, sound, weights.Packed), Product(backend, spoilt, weights.Packed));
        Assert.All(found[..40], value => Assert.True(float.IsNaN(value)));
        Numbers.AssertSameBits(expected.AsSpan(40, 40), found.AsSpan(40, 40), "the row between");
        Assert.All(found[80..], value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [InlineData(NumberFormat.Int8, float.NaN)]
    [InlineData(NumberFormat.Int4, float.PositiveInfinity)]
    [InlineData(NumberFormat.Int4Asymmetric, float.NaN)]
    [InlineData(NumberFormat.BF16, float.NaN)]
    [InlineData(NumberFormat.F16, 70000f)]
    public void Weights_without_a_finite_rounding_are_refused(NumberFormat format, float value)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var values = Numbers.Random(2 * 40, seed: 1);
        values[75] = value;
        Assert.Throws<InvalidDataException>(() => Pack(backend, values, 2, format).Dispose());
    }

    [Theory]
    [InlineData(NumberFormat.BF16)]
    [InlineData(NumberFormat.F16)]
    public void Other_formats_are_rounded_to_the_nearest(NumberFormat format)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        // The last two stand midway between two bfloat16 numbers: to even, down and up.
        float[] values = [0f, -1.5f, 0.1f, 65504f, 1e-6f, 1f + (1f / 256), 1f + (3f / 256)];
        using var packed = Pack(backend, values, 1, format);
        float[] expected = format == NumberFormat.F16
            ? [.. values.Select(value => (float)(Half)value)]
            : [0f, -1.5f, 0.10009765625f, 65536f, 9.98377799987793e-7f, 1f, 1f + (4f / 256)];
        Numbers.AssertSameBits(expected, Rows(backend, packed), "row");
    }

    private static PackedMatrix Pack(CpuBackend backend, float[] values, int outputs, NumberFormat format)
    {
        fixed (float* address = values)
            return backend.Pack([new WeightSource((nint)address, NumberFormat.F32, outputs, values.Length / outputs)], format);
    }

    private static float[] Rows(CpuBackend backend, PackedMatrix packed)
    {
        using var y = new TestMatrix(backend, packed.Outputs, packed.Inputs, seed: 1);
        using var ids = backend.Allocate<int>(packed.Outputs);
        backend.Upload<int>([.. Enumerable.Range(0, packed.Outputs)], ids);
        backend.Embed(packed, ids, y.Matrix);
        return y.Download();
    }

    private static float[] Product(CpuBackend backend, TestMatrix x, PackedMatrix packed)
    {
        using var y = new TestMatrix(backend, x.Matrix.Rows, packed.Outputs, seed: 99);
        backend.MatMul(x.Matrix, packed, y.Matrix);
        return y.Download();
    }

    private static double[] RoundedInputs(float[] x, int inputs)
    {
        var rounded = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var k = i % inputs;
            var scale = x.AsSpan(i - (k % 32), Math.Min(32, inputs - k + (k % 32))).ToArray().Max(MathF.Abs) / 127;
            rounded[i] = Math.Round((double)(x[i] / scale)) * scale;
        }

        return rounded;
    }
}
