using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed class CpuBackendTests
{
    [Fact]
    public void The_description_names_registers_and_threads()
    {
        using var two = new CpuBackend(new CpuOptions { Threads = 2, VectorWidth = VectorWidth.Vector256 });
        using var one = new CpuBackend(new CpuOptions { Threads = 1, VectorWidth = VectorWidth.Scalar });
        Assert.Equal("cpu, Vector256 (FMA3), 2 threads", two.Description);
        Assert.Equal("cpu, scalar, 1 thread", one.Description);
    }

    [Fact]
    public void Buffers_start_zeroed_and_keep_what_was_uploaded()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var buffer = backend.Allocate<int>(1_000_000);
        backend.Upload<int>([1, 2, 3], buffer, 999_997);
        var tail = new int[5];
        backend.Download(buffer, 999_995, tail);
        Assert.Equal([0, 0, 1, 2, 3], tail);
        Assert.Throws<ArgumentException>(() => backend.Upload<int>([1], buffer, 1_000_000));
        Assert.Throws<ArgumentException>(() => backend.Download(buffer, 999_996, tail));
    }

    [Fact]
    public void A_disposed_buffer_is_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var buffer = backend.Allocate<float>(4);
        var matrix = new Matrix(buffer, 2, 2);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => backend.Softmax(matrix));
    }

    [Fact]
    public void Rows_are_copied_by_number()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var source = new TestMatrix(backend, 4, 5, seed: 1);
        using var destination = new TestMatrix(backend, 3, 5, seed: 2);
        using var from = backend.Allocate<int>(2);
        using var to = backend.Allocate<int>(2);
        backend.Upload<int>([3, 0], from);
        backend.Upload<int>([0, 2], to);
        backend.CopyRows(source.Matrix, from, destination.Matrix, to, 2);
        float[] expected = [.. source.Values[15..20], .. destination.Values[5..10], .. source.Values[0..5]];
        Assert.Equal(expected, destination.Download());
        backend.Upload<int>([3], to);
        Assert.Throws<ArgumentException>(() => backend.CopyRows(source.Matrix, from, destination.Matrix, to, 2));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var x = new TestMatrix(backend, 2, 6, seed: 1);
        using var y = new TestMatrix(backend, 2, 5, seed: 1);
        using var shorter = backend.Allocate<float>(5);
        using var positions = backend.Allocate<int>(2);
        using var table = new RotaryTable(backend.Allocate<float>(3), backend.Allocate<float>(3), 1, 3);
        Assert.Throws<ArgumentException>(() => backend.Copy(x.Matrix, y.Matrix));
        Assert.Throws<ArgumentException>(() => backend.Add(x.Matrix, y.Matrix));
        Assert.Throws<ArgumentException>(() => backend.RmsNorm(x.Matrix, shorter, 1f, x.Matrix));
        Assert.Throws<ArgumentException>(() => backend.LayerNorm(x.Matrix, shorter, shorter, 1f, x.Matrix));
        Assert.Throws<ArgumentException>(() => backend.ActivateGated(x.Matrix, y.Matrix, Activation.Silu, x.Matrix));
        Assert.Throws<ArgumentOutOfRangeException>(() => backend.Activate(x.Matrix, (Activation)17));
        Assert.Throws<ArgumentException>(() => backend.Rotary(x.Matrix, 4, positions, table));
        Assert.Throws<ArgumentException>(() => backend.Rotary(y.Matrix, 6, positions, table));
        backend.Upload<int>([1], positions);
        Assert.Throws<ArgumentException>(() => backend.Rotary(x.Matrix, 6, positions, table));
    }

    [Fact]
    public void Empty_matrices_are_fine()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var weights = new TestWeights(backend, 5, 6, NumberFormat.F32, NumberFormat.F32, seed: 1);
        using var x = new TestMatrix(backend, 0, 6, seed: 1);
        using var y = new TestMatrix(backend, 0, 5, seed: 1);
        backend.MatMul(x.Matrix, weights.Packed, y.Matrix);
        backend.Softmax(y.Matrix);
        backend.Copy(x.Matrix, x.Matrix);
        Assert.Empty(y.Download());
    }

    [Fact]
    public void The_measured_limits_are_plausible()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        Assert.InRange(CpuRoofline.MeasureReadBandwidth(backend, 8 << 20), 1e8, 1e13);
        Assert.InRange(CpuRoofline.MeasurePeak(backend), 1e8, 1e14);
    }
}
