using System.Runtime.InteropServices;
using Inference.Compute.Cpu;

namespace Inference.Compute;

/// <summary>
/// Rounds rows of weights to the blocks of <see cref="BlockFormat.Q8"/> and <see cref="BlockFormat.Q4"/>, with the integers and scales that
/// <see cref="IBackend.Pack"/> gives the same numbers, so that a file and a model that was rounded while it loaded are the same model.
/// </summary>
public static unsafe class BlockEncoder
{
    private const int ScaleBytes = 2;

    /// <summary>Encodes whole blocks; <paramref name="blocks"/> has room for exactly these.</summary>
    /// <exception cref="InvalidDataException">A number is not finite, or a scale exceeds binary16.</exception>
    public static void Encode(ReadOnlySpan<float> values, BlockFormat format, Span<byte> blocks)
    {
        if (format is not (BlockFormat.Q8 or BlockFormat.Q4))
            throw new ArgumentOutOfRangeException(nameof(format), format, "Q8_0 and Q4_0 are written.");
        var count = values.Length / GroupLayout.Inputs;
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, count * GroupLayout.Inputs, nameof(values));
        ArgumentOutOfRangeException.ThrowIfNotEqual(blocks.Length, count * format.Bytes(), nameof(blocks));
        for (var i = 0; i < count; i++)
            Block(values.Slice(i * GroupLayout.Inputs, GroupLayout.Inputs), format, blocks.Slice(i * format.Bytes(), format.Bytes()));
    }

    private static void Block(ReadOnlySpan<float> values, BlockFormat format, Span<byte> block)
    {
        var integers = stackalloc int[GroupLayout.Inputs];
        float scale;
        fixed (float* first = values)
        {
            foreach (var value in values)
            {
                if (!float.IsFinite(value))
                    throw new InvalidDataException("Weights hold a number that is not finite.");
            }

            scale = GroupQuantizer.Weights(first, values.Length, format == BlockFormat.Q8 ? 8 : 4, integers);
        }

        var stored = (Half)scale;
        if (!Half.IsFinite(stored))
            throw new InvalidDataException($"Weights have a scale of {scale}, more than binary16 holds.");
        MemoryMarshal.Write(block, stored);
        var bytes = block[ScaleBytes..];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = format == BlockFormat.Q8
                ? (byte)integers[i]
                : (byte)((integers[i] + 8) | ((integers[i + bytes.Length] + 8) << 4));
        }
    }
}
