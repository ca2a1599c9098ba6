using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Takes stored groups of integers apart. Both return false where a scale or an offset is not finite.</summary>
internal static unsafe class GroupDecoder
{
    /// <summary>Widens the numbers [<paramref name="step"/>, step + <paramref name="steps"/>) of a row; step is the first of a
    /// group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Singles(WeightSource* source, int row, int step, float* values, int steps)
    {
        var finite = true;
        var integers = stackalloc int[GroupLayout.Inputs];
        for (var k = 0; k < steps; k += GroupLayout.Inputs)
        {
            var count = Math.Min(GroupLayout.Inputs, steps - k);
            finite &= Group(source, row, step + k, count, integers, out var scale, out var offset);
            for (var i = 0; i < count; i++)
                values[k + i] = source->Format.HasOffset() ? (integers[i] * scale) + offset : integers[i] * scale;
        }

        return finite;
    }

    /// <summary>Copies integers, scales and offsets into a column of a quantised panel of the same format.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Groups(WeightSource* source, int row, int step, byte* panel, int column, int steps)
    {
        var finite = true;
        var integers = stackalloc int[GroupLayout.Inputs];
        for (var k = 0; k < steps; k += GroupLayout.Inputs, panel += GroupLayout.Bytes(source->Format))
        {
            var count = Math.Min(GroupLayout.Inputs, steps - k);
            finite &= Group(source, row, step + k, count, integers, out var scale, out var offset);
            GroupLayout.SetScale(panel, column, scale);
            if (source->Format.HasOffset())
                GroupLayout.SetOffset(panel, column, offset);
            for (var i = 0; i < count; i++)
                GroupLayout.SetInteger(panel, source->Format, i, column, integers[i]);
        }

        return finite;
    }

    /// <summary>Whether all integers are among those that panels hold: −128 is not, and <see cref="GroupEncoder"/> does not write
    /// it.</summary>
    public static bool HasOnlyHeldIntegers(WeightSource* source, int row, int step, int steps) =>
        source->Format != NumberFormat.Int8
        || !new ReadOnlySpan<sbyte>((byte*)source->Address + (row * source->RowBytes) + step, steps).Contains(sbyte.MinValue);

    private static bool Group(WeightSource* source, int row, int step, int count, int* integers, out float scale, out float offset)
    {
        var group = ((long)row * GroupLayout.Groups(source->Columns)) + (step / GroupLayout.Inputs);
        scale = Scale(source->Scales, source->ScaleFormat, group);
        offset = source->Format.HasOffset() ? Scale(source->Offsets, source->ScaleFormat, group) : 0f;
        var bytes = (sbyte*)source->Address + (row * source->RowBytes);
        for (var i = 0; i < count; i++)
        {
            var k = step + i;
            // Four bits: moved to the top of a byte and back with their sign.
            integers[i] = source->Format == NumberFormat.Int8 ? bytes[k] : (sbyte)(bytes[k / 2] << (4 * (1 - (k & 1)))) >> 4;
        }

        return float.IsFinite(scale) && float.IsFinite(offset);
    }

    private static float Scale(nint scales, NumberFormat format, long index)
    {
        var bits = Unsafe.ReadUnaligned<ushort>((byte*)scales + (index * sizeof(ushort)));
        return format == NumberFormat.BF16
            ? Widen.BFloat16(bits)
            : GroupQuantizer.RoundToBFloat16((float)BitConverter.UInt16BitsToHalf(bits));
    }
}
