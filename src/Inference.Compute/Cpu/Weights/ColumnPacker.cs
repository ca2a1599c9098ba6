using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// Copies, widens, rounds or quantises consecutive numbers of a checkpoint row. Packing runs once, when a process is young: there is no
/// time to wait for the runtime to find out that this is hot. All return false where a number cannot be used.
/// </summary>
internal static unsafe class ColumnPacker
{
    /// <summary>Two-byte numbers as they are, <paramref name="stride"/> elements apart; binary16 must be finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Halves(byte* source, NumberFormat format, ushort* destination, int stride, int steps)
    {
        var finite = true;
        for (var k = 0; k < steps; k++)
        {
            var bits = LoadHalf(source, k);
            finite &= format != NumberFormat.F16 || (bits & 0x7C00) != 0x7C00;
            destination[k * stride] = bits;
        }

        return finite;
    }

    /// <summary>Numbers as float32; binary16 must be finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Singles(byte* source, NumberFormat format, float* destination, int stride, int steps)
    {
        var finite = true;
        for (var k = 0; k < steps; k++)
        {
            float value;
            switch (format)
            {
                case NumberFormat.F32:
                    value = Unsafe.ReadUnaligned<float>(source + (4 * k));
                    break;
                case NumberFormat.BF16:
                    value = Widen.BFloat16(LoadHalf(source, k));
                    break;
                default:
                    var bits = LoadHalf(source, k);
                    finite &= (bits & 0x7C00) != 0x7C00;
                    value = Widen.Float16(bits);
                    break;
            }

            destination[k * stride] = value;
        }

        return finite;
    }

    /// <summary>Numbers rounded to the nearest two-byte number, where they must be finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Rounded(float* values, NumberFormat format, ushort* destination, int stride, int steps)
    {
        var finite = true;
        for (var k = 0; k < steps; k++)
        {
            if (format == NumberFormat.BF16)
            {
                var rounded = GroupQuantizer.RoundToBFloat16(values[k]);
                finite &= float.IsFinite(values[k]) && float.IsFinite(rounded);
                destination[k * stride] = (ushort)(BitConverter.SingleToUInt32Bits(rounded) >> 16);
            }
            else
            {
                var rounded = (Half)values[k];
                finite &= Half.IsFinite(rounded);
                destination[k * stride] = BitConverter.HalfToUInt16Bits(rounded);
            }
        }

        return finite;
    }

    /// <summary>Whole groups, of which the last may be short, into a column of a quantised panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Groups(float* values, byte* panel, NumberFormat format, int column, int steps)
    {
        var integers = stackalloc int[GroupLayout.Inputs];
        for (var k = 0; k < steps; k += GroupLayout.Inputs, panel += GroupLayout.Bytes(format))
        {
            var count = Math.Min(GroupLayout.Inputs, steps - k);
            for (var i = 0; i < count; i++)
            {
                if (!float.IsFinite(values[k + i]))
                    return false;
            }

            if (format.HasOffset())
            {
                GroupLayout.SetScale(panel, column, GroupQuantizer.WeightsWithOffset(values + k, count, integers, out var offset));
                GroupLayout.SetOffset(panel, column, offset);
                if (!float.IsFinite(offset))
                    return false;
            }
            else
            {
                GroupLayout.SetScale(panel, column, GroupQuantizer.Weights(values + k, count, GroupLayout.Bits(format), integers));
            }

            for (var i = 0; i < count; i++)
                GroupLayout.SetInteger(panel, format, i, column, integers[i]);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort LoadHalf(byte* source, int k) => Unsafe.ReadUnaligned<ushort>(source + (2 * k));
}
