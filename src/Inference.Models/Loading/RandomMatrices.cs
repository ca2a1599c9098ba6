using System.Runtime.InteropServices;
using Inference.Compute;

namespace Inference.Models.Loading;

/// <summary>Packs random weights, one matrix at a time.</summary>
internal sealed class RandomMatrices(IBackend backend, NumberFormat format, int seed)
{
    private readonly RandomWeights _weights = new(format, seed);

    public Buffer<float> Ones(int length) => Filled(length, 1);

    public Buffer<float> Zeros(int length) => Filled(length, 0);

    private Buffer<float> Filled(int length, float value)
    {
        var values = new float[length];
        values.AsSpan().Fill(value);
        var buffer = backend.Allocate<float>(length);
        backend.Upload<float>(values, buffer);
        return buffer;
    }

    public unsafe PackedMatrix Matrix(int outputs, int inputs)
    {
        var count = (long)outputs * inputs;
        var memory = NativeMemory.Alloc((nuint)(count * _weights.Source.Bytes()));
        try
        {
            Fill(memory, count, RandomWeights.Range(inputs));
            return backend.Pack([new WeightSource((nint)memory, _weights.Source, outputs, inputs)], format);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private unsafe void Fill(void* memory, long count, float range)
    {
        for (long i = 0; i < count; i++)
        {
            var value = _weights.Next(range);
            switch (_weights.Source)
            {
                case NumberFormat.F32:
                    ((float*)memory)[i] = value;
                    break;
                case NumberFormat.BF16:
                    ((ushort*)memory)[i] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
                    break;
                default:
                    ((Half*)memory)[i] = (Half)value;
                    break;
            }
        }
    }
}
