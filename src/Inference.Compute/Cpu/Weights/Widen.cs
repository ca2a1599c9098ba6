using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Two-byte numbers to float32, exactly.</summary>
internal static unsafe class Widen
{
    // binary16 and binary32 differ by 112 in exponent bias: a half's bits moved into place are its value × 2^-112, subnormals included.
    public const float HalfBias = 5.192296858534828e33f;

    /// <summary>The number whose upper sixteen bits these are.</summary>
    public static float BFloat16(uint bits) => BitConverter.UInt32BitsToSingle(bits << 16);

    /// <summary>A finite binary16 number.</summary>
    public static float Float16(uint bits)
    {
        var magnitude = BitConverter.UInt32BitsToSingle((bits & 0x7FFF) << 13) * HalfBias;
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(magnitude) | ((bits & 0x8000) << 16));
    }

    /// <summary>Weight (k, column) of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float At(byte* panel, NumberFormat format, int k, int column)
    {
        if (format == NumberFormat.F32)
            return ((float*)panel)[((long)k * CpuPackedMatrix.PanelWidth) + column];
        if (format.IsQuantized())
            return GroupLayout.Weight(panel, format, k, column);
        var word = ((uint*)panel)[((long)k * CpuPackedMatrix.HalfPanel) + (column & 15)];
        var bits = column < CpuPackedMatrix.HalfPanel ? word & 0xFFFF : word >> 16;
        return format == NumberFormat.BF16 ? BFloat16(bits) : Float16(bits);
    }
}
