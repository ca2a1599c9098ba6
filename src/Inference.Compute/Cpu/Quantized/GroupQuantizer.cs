namespace Inference.Compute.Cpu;

/// <summary>
/// One group of weights or inputs as integers and a scale, rounded to the nearest even: symmetric, or for weights with an offset. A scale
/// below the smallest normal number makes the integers zeros, and such an offset is 0.
/// </summary>
internal static unsafe class GroupQuantizer
{
    /// <summary>The largest integer of 8 bits that is used: with −128 left out a group and its negation have the same magnitudes.</summary>
    public const int Largest = 127;

    private const int LowFour = -8;
    private const int HighFour = 7;
    private const int FittingRounds = 2;
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
        var (low, high) = bits == 8 ? (-Largest, Largest) : (LowFour, HighFour);
        var scale = Flush(RoundToBFloat16(bits == 8 ? MathF.Abs(extreme) / high : extreme / low));
        for (var i = 0; i < count; i++)
            integers[i] = scale == 0 ? 0 : Math.Clamp((int)MathF.Round(w[i] / scale), low, high);
        return scale;
    }

    /// <summary>
    /// Finite weights as integers −8…7 of a grid; returns its step, a bfloat16 number as is <paramref name="offset"/>, the weight of
    /// integer 0, which is infinite where it exceeds bfloat16. The grid that reaches from the least weight to the greatest is fitted to its
    /// own integers by least squares and they are rounded again, twice; the grid with the least squared error is taken.
    /// </summary>
    public static float WeightsWithOffset(float* w, int count, int* integers, out float offset)
    {
        var (least, greatest) = (w[0], w[0]);
        for (var i = 1; i < count; i++)
            (least, greatest) = (MathF.Min(least, w[i]), MathF.Max(greatest, w[i]));
        // Each over the number of steps by itself: the difference may be more than a float holds.
        var scale = Flush(RoundToBFloat16((greatest / (HighFour - LowFour)) - (least / (HighFour - LowFour))));
        offset = Flush(RoundToBFloat16(least - (LowFour * scale)));
        var error = Round(w, count, scale, offset, integers);
        var fitted = stackalloc int[GroupLayout.Inputs];
        for (var round = 0; round < FittingRounds && Fit(w, count, round == 0 ? integers : fitted, out var step, out var zero); round++)
        {
            var fittedError = Round(w, count, step, zero, fitted);
            if (fittedError >= error)
                continue;
            (scale, offset, error) = (step, zero, fittedError);
            new ReadOnlySpan<int>(fitted, count).CopyTo(new Span<int>(integers, count));
        }

        return scale;
    }

    // The nearest integers on a grid; returns the sum of the squared errors.
    private static double Round(float* w, int count, float scale, float offset, int* integers)
    {
        var error = 0.0;
        for (var i = 0; i < count; i++)
        {
            integers[i] = scale == 0 ? 0 : Math.Clamp((int)MathF.Round((w[i] - offset) / scale), LowFour, HighFour);
            var difference = (double)w[i] - ((integers[i] * scale) + offset);
            error += difference * difference;
        }

        return error;
    }

    // The line through (integer, weight) with the least squares; false where it has no slope that a grid could have.
    private static bool Fit(float* w, int count, int* integers, out float scale, out float offset)
    {
        var (sum, squares, weights, products) = (0, 0, 0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            sum += integers[i];
            squares += integers[i] * integers[i];
            weights += w[i];
            products += integers[i] * (double)w[i];
        }

        var spread = (count * squares) - (sum * sum);
        var slope = spread == 0 ? 0 : ((count * products) - (sum * weights)) / spread;
        scale = Flush(RoundToBFloat16((float)slope));
        offset = Flush(RoundToBFloat16((float)((weights - (slope * sum)) / count)));
        return scale > 0 && float.IsFinite(scale) && float.IsFinite(offset);
    }

    /// <summary>The nearest bfloat16 number, ties to even, of a finite number.</summary>
    public static float RoundToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    private static float Flush(float scale) => MathF.Abs(scale) < SmallestNormal ? 0f : scale;
}
