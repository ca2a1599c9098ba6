using System.Runtime.InteropServices;
using Inference.Models.Checkpoints;

namespace Inference.Grounding.Probes.Data;

/// <summary>Hidden states as they lie in a shard, to float32.</summary>
internal static class HiddenRows
{
    /// <summary>Widens a part of a tensor.</summary>
    /// <exception cref="CheckpointException">Its elements are neither F32 nor BF16.</exception>
    public static void Widen(TensorView tensor, ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        switch (tensor.Dtype)
        {
            case TensorDtype.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
                break;
            case TensorDtype.BF16:
                var uppers = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < uppers.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)uppers[i] << 16);
                }

                break;
            default:
                throw new CheckpointException(tensor.FileName, tensor.Name, "a dtype that is neither F32 nor BF16");
        }
    }
}
