namespace Inference.Compute.Cpu;

/// <summary>
/// One group of weights or inputs as integers and a scale, symmetric, rounded to the nearest even. A scale below the smallest normal
/// number makes the group zeros.
/// </summary>
internal static unsafe class GroupQuantizer
{
    /// <summary>The largest integer of 8 bits that is used: with −128 left out a group and its negation have the same magnitudes.</summary>
    public const int Largest = 127;

    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>The scale of inputs whose largest magnitude is given as bits; NaN where one of them is no finite number.</summary>
    public static float InputScale(int magnitude)
    {
        const int Infinity = 0x7F800000;
        return magnitude >= Infinity ? float.NaN : Flush(BitConverter.Int32BitsToSingle(magnitude) / Largest);
    }

    /// <summary>Inputs as integers; returns their scale.</summary>
    public static float Inputs(float* x, int count, short* integers)
    {
        var magnitude = 0;
        for (var i = 0; i < count; i++)
            magnitude = Math.Max(magnitude, BitConverter.SingleToInt32Bits(x[i]) & int.MaxValue);
        var scale = InputScale(magnitude);
        for (var i = 0; i < GroupLayout.Inputs; i++)
            integers[i] = scale > 0 && i < count ? (short)MathF.Round(x[i] / scale) : (short)0;
        return scale;
    }

    /// <summary>Finite weights as integers of 8 or 4 bits; returns their scale, a bfloat16 number.</summary>
    public static float Weights(float* w, int count, int bits, int* integers)
    {
        var extreme = 0f;
        for (var i = 0; i < count; i++)
            extreme = MathF.Abs(w[i]) > MathF.Abs(extreme) ? w[i] : extreme;
        // Four bits use all sixteen integers: the extreme becomes −8, as in the Q4_0 of llama.cpp.
        var (low, high) = bits == 8 ? (-Largest, Largest) : (-8, 7);
        var scale = Flush(RoundToBFloat16(bits == 8 ? MathF.Abs(extreme) / high : extreme / low));
        for (var i = 0; i < count; i++)
            integers[i] = scale == 0 ? 0 : Math.Clamp((int)MathF.Round(w[i] / scale), low, high);
        return scale;
    }

    /// <summary>The nearest bfloat16 number, ties to even, of a finite number.</summary>
    public static float RoundToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    private static float Flush(float scale) => MathF.Abs(scale) < SmallestNormal ? 0f : scale;
}
