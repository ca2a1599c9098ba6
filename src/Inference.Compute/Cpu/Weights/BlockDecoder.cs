using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// Takes blocks of GGUF rows apart, as ggml's reference does (https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c). All return
/// false where a scale is not finite.
/// </summary>
internal static unsafe class BlockDecoder
{
    private const int ScaleBytes = sizeof(ushort);

    /// <summary>
    /// Widens the numbers [<paramref name="step"/>, step + <paramref name="steps"/>) of a row; step is a multiple of 64, steps at most 64.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Singles(byte* row, BlockFormat format, int step, float* values, int steps)
    {
        var block = Block(row, format, step);
        switch (format)
        {
            case BlockFormat.Q4K:
                return Q4K(block, step % format.Numbers() / 64, values);
            case BlockFormat.Q6K:
                return Q6K(block, step % format.Numbers() / 64, values);
        }

        var integers = stackalloc int[GroupLayout.Inputs];
        var finite = true;
        for (var k = 0; k < steps; k += GroupLayout.Inputs, block += format.Bytes())
        {
            finite &= Scale(block, out var scale);
            Integers(block, format, integers);
            for (var i = 0; i < GroupLayout.Inputs; i++)
                values[k + i] = integers[i] * scale;
        }

        return finite;
    }

    /// <summary>
    /// Copies the integers of <see cref="BlockFormat.Q8"/> or <see cref="BlockFormat.Q4"/> into a column of a quantised panel as they are;
    /// scales are rounded to bfloat16.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Groups(byte* row, BlockFormat format, int step, byte* panel, int column, int steps)
    {
        var held = format.Held();
        var integers = stackalloc int[GroupLayout.Inputs];
        var finite = true;
        var block = Block(row, format, step);
        for (var k = 0; k < steps; k += GroupLayout.Inputs, block += format.Bytes(), panel += GroupLayout.Bytes(held))
        {
            finite &= Scale(block, out var scale);
            Integers(block, format, integers);
            GroupLayout.SetScale(panel, column, GroupQuantizer.RoundToBFloat16(scale));
            for (var i = 0; i < GroupLayout.Inputs; i++)
                GroupLayout.SetInteger(panel, held, i, column, integers[i]);
        }

        return finite;
    }

    /// <summary>Whether all integers are among those that panels hold: −128 is not, and no quantiser writes it.</summary>
    public static bool HasOnlyHeldIntegers(byte* row, BlockFormat format, int step, int steps)
    {
        if (format != BlockFormat.Q8)
            return true;
        var block = Block(row, format, step);
        for (var k = 0; k < steps; k += GroupLayout.Inputs, block += format.Bytes())
        {
            if (new ReadOnlySpan<sbyte>(block + ScaleBytes, GroupLayout.Inputs).Contains(sbyte.MinValue))
                return false;
        }

        return true;
    }

    private static byte* Block(byte* row, BlockFormat format, int step) => row + ((long)step / format.Numbers() * format.Bytes());

    private static void Integers(byte* block, BlockFormat format, int* integers)
    {
        const int Half = GroupLayout.Inputs / 2;
        var bytes = block + ScaleBytes;
        for (var i = 0; i < GroupLayout.Inputs; i++)
        {
            integers[i] = format == BlockFormat.Q8 ? (sbyte)bytes[i]
                : (i < Half ? bytes[i] & 15 : bytes[i - Half] >> 4) - 8;
        }
    }

    // binary16 scale and minimum, 12 bytes of 6-bit scales and minima, then per 64 numbers 32 bytes: low halves first.
    private static bool Q4K(byte* block, int quarter, float* values)
    {
        var finite = Scale(block, out var scale) & Scale(block + ScaleBytes, out var minimum);
        var packed = block + (2 * ScaleBytes);
        var bytes = packed + 12 + (32 * quarter);
        for (var half = 0; half < 2; half++)
        {
            var group = (2 * quarter) + half;
            var (scaleBits, minimumBits) = group < 4
                ? (packed[group] & 63, packed[group + 4] & 63)
                : ((packed[group + 4] & 15) | (packed[group - 4] >> 6 << 4), (packed[group + 4] >> 4) | (packed[group] >> 6 << 4));
            var (factor, offset) = (scale * scaleBits, minimum * minimumBits);
            for (var i = 0; i < 32; i++)
                values[(32 * half) + i] = (factor * ((bytes[i] >> (4 * half)) & 15)) - offset;
        }

        return finite;
    }

    // 128 bytes of low four bits, 64 of high two, 16 scales of 8 bits, a binary16 scale. Half a block is interleaved four ways.
    private static bool Q6K(byte* block, int quarter, float* values)
    {
        var finite = Scale(block + 208, out var scale);
        var (half, odd) = Math.DivRem(quarter, 2);
        var low = block + (64 * half);
        var high = block + 128 + (32 * half);
        var scales = (sbyte*)block + 192 + (8 * half) + (4 * odd);
        for (var i = 0; i < 64; i++)
        {
            var bits = ((low[i] >> (4 * odd)) & 15) | (((high[i % 32] >> ((4 * odd) + (2 * (i / 32)))) & 3) << 4);
            values[i] = scale * scales[i / 16] * (bits - 32);
        }

        return finite;
    }

    private static bool Scale(byte* address, out float scale)
    {
        scale = (float)BitConverter.UInt16BitsToHalf(Unsafe.ReadUnaligned<ushort>(address));
        return float.IsFinite(scale);
    }
}
