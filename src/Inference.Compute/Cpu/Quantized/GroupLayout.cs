using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// How a panel stores integers: per group of 32 inputs 16 words of bfloat16 scales (word i holds output i in its low half and i + 16 in
/// its high half), where the format has them 16 words of offsets alike, then [bits][32 outputs] words. Field i of a word's low half is the
/// weight of input 2p, of its high half that of input 2p + 1, where p is the number of the pair in the group: two shifts take a pair of
/// 16-bit numbers out of a word, and one instruction
/// multiplies and adds both. Inputs past the end are zeros.
/// </summary>
internal static unsafe class GroupLayout
{
    /// <summary>Inputs that share a scale.</summary>
    public const int Inputs = 32;

    /// <summary>Pairs of inputs in a group.</summary>
    public const int Pairs = Inputs / 2;

    /// <summary>Bytes of a group's scales, or of its offsets.</summary>
    public const int ScaleBytes = CpuPackedMatrix.PanelWidth * sizeof(ushort);

    /// <summary>Bytes of one row's group of quantised inputs: a scale, the sum of the integers and 16 pairs.</summary>
    public const int RowBytes = sizeof(float) + sizeof(int) + (Pairs * sizeof(uint));

    /// <summary>Groups of a row.</summary>
    public static int Groups(int inputs) => (inputs + Inputs - 1) / Inputs;

    /// <summary>Bits of a weight.</summary>
    public static int Bits(NumberFormat format) => format == NumberFormat.Int8 ? 8 : 4;

    /// <summary>Bytes of a panel's group.</summary>
    public static int Bytes(NumberFormat format) => HeaderBytes(format) + (Bits(format) * CpuPackedMatrix.PanelWidth * sizeof(uint));

    /// <summary>The scale of an output.</summary>
    public static float Scale(byte* group, int column) => Widen.At(group, NumberFormat.BF16, 0, column);

    /// <summary>The offset of an output; 0 where the format has none.</summary>
    public static float Offset(byte* group, NumberFormat format, int column) => format.HasOffset() ? Scale(group + ScaleBytes, column) : 0f;

    /// <summary>Sets the scale of an output, a bfloat16 number.</summary>
    public static void SetScale(byte* group, int column, float scale) =>
        ((ushort*)group)[PanelPacker.HalfOffset(column)] = (ushort)(BitConverter.SingleToUInt32Bits(scale) >> 16);

    /// <summary>Sets the offset of an output, a bfloat16 number.</summary>
    public static void SetOffset(byte* group, int column, float offset) => SetScale(group + ScaleBytes, column, offset);

    /// <summary>The integer of input <paramref name="k"/> of the group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Integer(byte* group, NumberFormat format, int k, int column)
    {
        var bits = Bits(format);
        var half = Half(group + HeaderBytes(format), bits, k, column, out var shift);
        return (short)(*half << (16 - bits - shift)) >> (16 - bits);
    }

    /// <summary>Weight (k, column) of a panel.</summary>
    public static float Weight(byte* panel, NumberFormat format, int k, int column)
    {
        var (index, step) = Math.DivRem(k, Inputs);
        var group = panel + ((long)index * Bytes(format));
        var scaled = Integer(group, format, step, column) * Scale(group, column);
        return format.HasOffset() ? scaled + Offset(group, format, column) : scaled;
    }

    /// <summary>Sets the integer of input <paramref name="k"/> of a group that was all zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetInteger(byte* group, NumberFormat format, int k, int column, int value)
    {
        var bits = Bits(format);
        var half = Half(group + HeaderBytes(format), bits, k, column, out var shift);
        *half |= (ushort)((value & ((1 << bits) - 1)) << shift);
    }

    private static int HeaderBytes(NumberFormat format) => format.HasOffset() ? 2 * ScaleBytes : ScaleBytes;

    // The half-word that holds an integer, and the place of its lowest bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort* Half(byte* words, int bits, int k, int column, out int shift)
    {
        var (word, field) = Math.DivRem(k / 2, 16 / bits);
        shift = field * bits;
        return (ushort*)words + (2 * ((word * CpuPackedMatrix.PanelWidth) + column)) + (k & 1);
    }
}
