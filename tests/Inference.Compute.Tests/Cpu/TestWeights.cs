using System.Runtime.InteropServices;

namespace Inference.Compute.Tests.Cpu;

/// <summary>Seeded random weights in unaligned native memory, packed; <see cref="Values"/> are what the stored numbers mean.</summary>
internal sealed unsafe class TestWeights : IDisposable
{
    public TestWeights(IBackend backend, int outputs, int inputs, NumberFormat source, NumberFormat packed, int seed)
    {
        Values = Numbers.Random(outputs * inputs, seed);
        var bytes = Encode(Values, source);
        // One byte off any boundary, as tensors in a mapped file may be.
        var memory = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        try
        {
            bytes.CopyTo(new Span<byte>(memory + 1, bytes.Length));
            Packed = backend.Pack([new WeightSource((nint)(memory + 1), source, outputs, inputs)], packed);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>Weights whose source can hold them: float32 where integers are asked for.</summary>
    public TestWeights(IBackend backend, int outputs, int inputs, NumberFormat format, int seed)
        : this(backend, outputs, inputs, format.IsQuantized() ? NumberFormat.F32 : format, format, seed)
    {
    }

    public float[] Values { get; }

    public PackedMatrix Packed { get; }

    public void Dispose() => Packed.Dispose();

    /// <summary>
    /// Rounds <paramref name="values"/> in place to what <paramref name="format"/> can hold and returns the stored bytes.
    /// </summary>
    public static byte[] Encode(float[] values, NumberFormat format)
    {
        var bytes = new byte[values.Length * format.Bytes()];
        for (var i = 0; i < values.Length; i++)
        {
            switch (format)
            {
                case NumberFormat.F32:
                    BitConverter.TryWriteBytes(bytes.AsSpan(4 * i), values[i]);
                    break;
                case NumberFormat.BF16:
                    var bits = BitConverter.SingleToUInt32Bits(values[i]) & 0xFFFF0000;
                    values[i] = BitConverter.UInt32BitsToSingle(bits);
                    BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (ushort)(bits >> 16));
                    break;
                default:
                    var half = (Half)values[i];
                    values[i] = (float)half;
                    BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), half);
                    break;
            }
        }

        return bytes;
    }
}
