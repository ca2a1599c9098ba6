using System.Runtime.InteropServices;
using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>Rounds rows of weights to a type of the file.</summary>
internal static class RowEncoder
{
    /// <summary>Encodes whole rows.</summary>
    /// <exception cref="InvalidDataException">A number is not finite, or not in that type.</exception>
    public static void Encode(ReadOnlySpan<float> values, TensorDtype dtype, Span<byte> bytes)
    {
        switch (dtype)
        {
            case TensorDtype.F32:
                MemoryMarshal.AsBytes(values).CopyTo(bytes);
                break;
            case TensorDtype.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (var i = 0; i < values.Length; i++)
                    halves[i] = Half.IsFinite((Half)values[i]) ? (Half)values[i] : throw NotFinite(dtype);
                break;
            case TensorDtype.BF16:
                var uppers = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < values.Length; i++)
                    uppers[i] = Upper(values[i]);
                break;
            default:
                BlockEncoder.Encode(values, dtype.Blocks(), bytes);
                break;
        }
    }

    // The nearest bfloat16 number, ties to even.
    private static ushort Upper(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        var upper = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        return float.IsFinite(BitConverter.UInt32BitsToSingle((uint)upper << 16)) ? upper : throw NotFinite(TensorDtype.BF16);
    }

    private static InvalidDataException NotFinite(TensorDtype dtype) =>
        new($"Weights hold a number that is not finite, or not as {dtype.FormatName()}.");
}
