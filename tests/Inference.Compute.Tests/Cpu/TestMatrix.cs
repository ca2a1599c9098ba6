using System.Runtime.InteropServices;

namespace Inference.Compute.Tests.Cpu;

/// <summary>A matrix of seeded random numbers with rows further apart than they are long.</summary>
internal sealed class TestMatrix : IDisposable
{
    private const int Gap = 3;
    private readonly IBackend _backend;
    private readonly Buffer<float> _buffer;

    public TestMatrix(IBackend backend, int rows, int columns, int seed, float magnitude = 1f)
        : this(backend, rows, columns, Numbers.Random(rows * columns, seed, magnitude))
    {
    }

    public TestMatrix(IBackend backend, int rows, int columns, float[] values)
    {
        _backend = backend;
        Values = values;
        _buffer = backend.Allocate<float>(Math.Max(1, rows * (columns + Gap)));
        Matrix = new Matrix(_buffer, 0, rows, columns, columns + Gap);
        for (var row = 0; row < rows; row++)
            backend.Upload(values.AsSpan(row * columns, columns), _buffer, (long)row * Matrix.Stride);
    }

    public Matrix Matrix { get; }

    public float[] Values { get; }

    public float[] Download()
    {
        var values = new float[Matrix.Rows * Matrix.Columns];
        for (var row = 0; row < Matrix.Rows; row++)
            _backend.Download(_buffer, (long)row * Matrix.Stride, values.AsSpan(row * Matrix.Columns, Matrix.Columns));
        return values;
    }

    public void Dispose() => _buffer.Dispose();
}

/// <summary>Seeded random numbers.</summary>
internal static class Numbers
{
    public static float[] Random(int count, int seed, float magnitude = 1f)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = ((2f * random.NextSingle()) - 1f) * magnitude;
        return values;
    }

    /// <summary>Equality of bits: NaN equals itself, -0 differs from 0.</summary>
    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(found)))
            return;
        for (var i = 0; i < expected.Length; i++)
        {
            var same = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(found[i]);
            Assert.True(same, $"{what}: element {i} is {found[i]:R}, expected {expected[i]:R}");
        }
    }
}
