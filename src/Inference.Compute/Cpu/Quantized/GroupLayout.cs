using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// How a panel stores integers: per group of 32 inputs 16 words of bfloat16 scales (word i holds output i in its low half and i + 16 in
/// its high half), then [bits][32 outputs] words. Field i of a word's low half is the weight of input 2p, of its high half that of input
/// 2p + 1, where p is the number of the pair in the group: two shifts take a pair of 16-bit numbers out of a word, and one instruction
/// multiplies and adds both. Inputs past the end are zeros.
/// </summary>
internal static unsafe class GroupLayout
{
    /// <summary>Inputs that share a scale.</summary>
    public const int Inputs = 32;

    /// <summary>Pairs of inputs in a group.</summary>
    public const int Pairs = Inputs / 2;

    /// <summary>Bytes of a group's scales.</summary>
    public const int ScaleBytes = CpuPackedMatrix.PanelWidth * sizeof(ushort);

    /// <summary>Bytes of one row's group of quantised inputs: a scale and 16 pairs.</summary>
    public const int RowBytes = sizeof(float) + (Pairs * sizeof(uint));

    /// <summary>Bytes of a group that was widened for many tiles: float32 scales, then 16 pairs, for 32 outputs.</summary>
    public const int WideBytes = (1 + Pairs) * CpuPackedMatrix.PanelWidth * sizeof(uint);

    /// <summary>Groups of a row.</summary>
    public static int Groups(int inputs) => (inputs + Inputs - 1) / Inputs;

    /// <summary>Bits of a weight.</summary>
    public static int Bits(NumberFormat format) => format == NumberFormat.Int8 ? 8 : 4;

    /// <summary>Bytes of a panel's group.</summary>
    public static int Bytes(NumberFormat format) => ScaleBytes + (Bits(format) * CpuPackedMatrix.PanelWidth * sizeof(uint));

    /// <summary>The scale of an output.</summary>
    public static float Scale(byte* group, int column) => Widen.At(group, NumberFormat.BF16, 0, column);

    /// <summary>Sets the scale of an output.</summary>
    public static void SetScale(byte* group, int column, float scale) =>
        ((ushort*)group)[PanelPacker.HalfOffset(column)] = (ushort)(BitConverter.SingleToUInt32Bits(scale) >> 16);

    /// <summary>The integer of input <paramref name="k"/> of the group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Integer(byte* group, int bits, int k, int column)
    {
        var half = Half(group, bits, k, column, out var shift);
        return (short)(*half << (16 - bits - shift)) >> (16 - bits);
    }

    /// <summary>Weight (k, column) of a panel.</summary>
    public static float Weight(byte* panel, NumberFormat format, int k, int column)
    {
        var (index, step) = Math.DivRem(k, Inputs);
        var group = panel + ((long)index * Bytes(format));
        return Integer(group, Bits(format), step, column) * Scale(group, column);
    }

    /// <summary>Sets the integer of input <paramref name="k"/> of a group that was all zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetInteger(byte* group, int bits, int k, int column, int value)
    {
        var half = Half(group, bits, k, column, out var shift);
        *half |= (ushort)((value & ((1 << bits) - 1)) << shift);
    }

    // The half-word that holds an integer, and the place of its lowest bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort* Half(byte* group, int bits, int k, int column, out int shift)
    {
        var (word, field) = Math.DivRem(k / 2, 16 / bits);
        shift = field * bits;
        return (ushort*)(group + ScaleBytes) + (2 * ((word * CpuPackedMatrix.PanelWidth) + column)) + (k & 1);
    }
}
