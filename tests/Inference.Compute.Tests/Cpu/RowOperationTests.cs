using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>Norms, softmax, activations, rotary, adds: by definition in double, and bit by bit against the plain loops.</summary>
public sealed class RowOperationTests
{
    private static readonly int[] Columns = [1, 2, 7, 15, 16, 17, 33, 64, 95, 129, 1000];

    [Fact]
    public void Rms_norm_follows_the_definition() => AgreesWithDouble(
        (backend, x, weight, _, y) => backend.RmsNorm(x, weight, 1e-5f, y),
        (x, weight, _, i) => x[i] / Math.Sqrt(x.Select(v => (double)v * v).Average() + 1e-5) * weight[i]);

    [Fact]
    public void Layer_norm_follows_the_definition() => AgreesWithDouble(
        (backend, x, weight, bias, y) => backend.LayerNorm(x, weight, bias, 1e-5f, y),
        (x, weight, bias, i) =>
        {
            var mean = x.Select(v => (double)v).Average();
            return ((x[i] - mean) / Math.Sqrt(x.Select(v => (v - mean) * (v - mean)).Average() + 1e-5) * weight[i]) + bias[i];
        });

    [Fact]
    public void Softmax_follows_the_definition() => AgreesWithDouble(
        (backend, x, _, _, y) =>
        {
            backend.Copy(x, y);
            backend.Softmax(y);
        },
        (x, _, _, i) => Math.Exp(x[i]) / x.Sum(v => Math.Exp(v)));

    [Theory]
    [MemberData(nameof(Widths.Data), MemberType = typeof(Widths))]
    public void Every_width_gives_the_bits_of_the_plain_loops(VectorWidth width)
    {
        foreach (var columns in Columns)
        {
            foreach (var (name, operation) in Operations)
            {
                float[] Result(VectorWidth chosen, int threads)
                {
                    using var backend = new CpuBackend(new CpuOptions { Threads = threads, VectorWidth = chosen });
                    return Apply(backend, operation, 9, columns);
                }

                var expected = Result(VectorWidth.Scalar, 1);
                Numbers.AssertSameBits(expected, Result(width, 1), $"{name} of {columns}");
                Numbers.AssertSameBits(expected, Result(width, 3), $"{name} of {columns}, 3 threads");
            }
        }
    }

    [Fact]
    public void Many_rows_share_the_team_without_a_change_of_bits()
    {
        using var one = new CpuBackend(new CpuOptions { Threads = 1 });
        using var three = new CpuBackend(new CpuOptions { Threads = 3 });
        foreach (var (name, operation) in Operations)
            Numbers.AssertSameBits(Apply(one, operation, 301, 401), Apply(three, operation, 301, 401), name);
    }

    [Fact]
    public void Norms_may_write_over_their_input()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var apart = Apply(backend, (b, x, w, bias, y) => b.LayerNorm(x, w, bias, 1e-6f, y), 3, 37);
        var inPlace = Apply(
            backend,
            (b, x, w, bias, y) =>
            {
                b.Copy(x, y);
                b.LayerNorm(y, w, bias, 1e-6f, y);
            },
            3,
            37);
        Numbers.AssertSameBits(apart, inPlace, "layer norm in place");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(34)]
    [InlineData(64)]
    [InlineData(80)]
    public void Rotary_turns_halves_of_heads_at_every_width(int headDim)
    {
        const int Heads = 3;
        var half = headDim / 2;
        var angles = Numbers.Random(10 * half, seed: 3, magnitude: 3f);
        var x = Numbers.Random(4 * Heads * headDim, seed: 4);
        int[] positions = [9, 0, 3, 3];
        foreach (var width in Widths.All.Append(VectorWidth.Scalar))
        {
            using var backend = new CpuBackend(new CpuOptions { Threads = 2, VectorWidth = width });
            var (cosines, sines) = (backend.Allocate<float>(10 * half), backend.Allocate<float>(10 * half));
            backend.Upload<float>([.. angles.Select(MathF.Cos)], cosines);
            backend.Upload<float>([.. angles.Select(MathF.Sin)], sines);
            using var table = new RotaryTable(cosines, sines, 10, half);
            using var places = backend.Allocate<int>(4);
            backend.Upload<int>(positions, places);
            using var matrix = new TestMatrix(backend, 4, Heads * headDim, x);
            backend.Rotary(matrix.Matrix, headDim, places, table);
            var found = matrix.Download();
            for (var i = 0; i < found.Length; i++)
            {
                var (row, d) = (i / (Heads * headDim), i % headDim);
                var angle = angles[(positions[row] * half) + (d % half)];
                var other = d < half ? -x[i + half] : x[i - half];
                Assert.Equal((x[i] * Math.Cos(angle)) + (other * Math.Sin(angle)), found[i], 1e-6);
            }
        }
    }

    private static (string Name, Operation Run)[] Operations { get; } =
    [
        ("rms norm", (b, x, w, _, y) => b.RmsNorm(x, w, 1e-5f, y)),
        ("layer norm", (b, x, w, bias, y) => b.LayerNorm(x, w, bias, 1e-5f, y)),
        ("add", (b, x, _, _, y) => b.Add(x, y)),
        ("softmax", (b, x, _, _, y) => { b.Copy(x, y); b.Softmax(y); }),
        ("gelu", (b, x, _, _, y) => { b.Copy(x, y); b.Activate(y, Activation.Gelu); }),
        ("gelu tanh", (b, x, _, _, y) => { b.Copy(x, y); b.Activate(y, Activation.GeluTanh); }),
        ("quick gelu", (b, x, _, _, y) => { b.Copy(x, y); b.Activate(y, Activation.QuickGelu); }),
        ("silu", (b, x, _, _, y) => { b.Copy(x, y); b.Activate(y, Activation.Silu); }),
        ("gated silu", (b, x, _, _, y) => b.ActivateGated(x, y, Activation.Silu, y)),
    ];

    private delegate void Operation(CpuBackend backend, Matrix x, Buffer<float> weight, Buffer<float> bias, Matrix y);

    private static float[] Apply(CpuBackend backend, Operation operation, int rows, int columns)
    {
        using var x = new TestMatrix(backend, rows, columns, seed: columns, magnitude: 5f);
        using var y = new TestMatrix(backend, rows, columns, seed: columns + 1);
        using var weight = backend.Allocate<float>(columns);
        using var bias = backend.Allocate<float>(columns);
        backend.Upload<float>(Numbers.Random(columns, 7), weight);
        backend.Upload<float>(Numbers.Random(columns, 8), bias);
        operation(backend, x.Matrix, weight, bias, y.Matrix);
        return y.Download();
    }

    private static void AgreesWithDouble(Operation operation, Func<float[], float[], float[], int, double> definition)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        foreach (var columns in Columns)
        {
            var found = Apply(backend, operation, 1, columns);
            var x = Numbers.Random(columns, columns, 5f);
            for (var i = 0; i < columns; i++)
                Assert.Equal(definition(x, Numbers.Random(columns, 7), Numbers.Random(columns, 8), i), found[i], 1e-5);
        }
    }
}
