using Inference.Compute;

namespace Inference.Benchmarks.Kernels;

/// <summary>What kernels are measured on: random activations, and weights whose values do not matter.</summary>
internal static class Operands
{
    public static unsafe PackedMatrix Weights(IBackend backend, int outputs, int inputs, NumberFormat format)
    {
        var source = format.IsQuantized() ? NumberFormat.BF16 : format;
        var bytes = new byte[(long)outputs * inputs * source.Bytes()];
        // 0x3C3C is a small finite number in every format.
        bytes.AsSpan().Fill(0x3C);
        fixed (byte* address = bytes)
            return backend.Pack([new WeightSource((nint)address, source, outputs, inputs)], format);
    }

    public static Matrix Random(IBackend backend, int rows, int columns)
    {
        var random = new Random(1);
        var values = new float[rows * columns];
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() - 0.5f;
        var buffer = backend.Allocate<float>(values.Length);
        backend.Upload<float>(values, buffer);
        return new Matrix(buffer, rows, columns);
    }
}
