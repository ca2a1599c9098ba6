using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>How rotary frequencies are computed.</summary>
/// <param name="Theta">Base of the frequencies.</param>
public record RopeScaling(double Theta)
{
    /// <summary>What the scaled frequencies are rounded to; see <see cref="Checkpoints.RopeConfig.FrequencyFormat"/>.</summary>
    public NumberFormat Format { get; init; }

    /// <summary>Unscaled inverse frequencies 1 / theta^(2i / headDim), rounded to float32 at each step as transformers does.</summary>
    public float[] InverseFrequencies(int headDim)
    {
        var frequencies = new float[headDim / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            var exponent = (float)(2 * i) / headDim;
            frequencies[i] = 1f / (float)Math.Pow((float)Theta, exponent);
        }

        Scale(frequencies);
        foreach (ref var frequency in frequencies.AsSpan())
        {
            frequency = Round(frequency);
        }

        return frequencies;
    }

    private float Round(float value) => Format switch
    {
        NumberFormat.F16 => (float)(Half)value,
        NumberFormat.BF16 => RoundToBFloat16(value),
        _ => value,
    };

    // Frequencies are finite and positive: round half to even on the lower 16 bits.
    private static float RoundToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        bits += 0x7FFF + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000);
    }

    /// <summary>Applies the scaling rule in place; none here.</summary>
    protected virtual void Scale(Span<float> frequencies)
    {
    }
}

/// <summary>All frequencies divided by a factor ("linear").</summary>
public sealed record LinearRopeScaling(double Theta, double Factor) : RopeScaling(Theta)
{
    /// <inheritdoc/>
    protected override void Scale(Span<float> frequencies)
    {
        foreach (ref var frequency in frequencies)
        {
            frequency /= (float)Factor;
        }
    }
}

/// <summary>Every frequency divided by a number of its own.</summary>
public sealed record DivisorRopeScaling(double Theta, IReadOnlyList<float> Divisors) : RopeScaling(Theta)
{
    /// <inheritdoc/>
    protected override void Scale(Span<float> frequencies)
    {
        for (var i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] /= Divisors[i];
        }
    }
}

/// <summary>Llama 3.1's rule ("llama3"): long wavelengths divided by the factor, short ones kept, a smooth ramp between.</summary>
public sealed record Llama3RopeScaling(
    double Theta, double Factor, double LowFrequencyFactor, double HighFrequencyFactor, double OriginalContext)
    : RopeScaling(Theta)
{
    /// <inheritdoc/>
    protected override void Scale(Span<float> frequencies)
    {
        var longest = (float)(OriginalContext / LowFrequencyFactor);
        var shortest = (float)(OriginalContext / HighFrequencyFactor);
        foreach (ref var frequency in frequencies)
        {
            var wavelength = (float)(2 * Math.PI) / frequency;
            if (wavelength > longest)
            {
                frequency /= (float)Factor;
            }
            else if (wavelength >= shortest)
            {
                var smooth =
                    (((float)OriginalContext / wavelength) - (float)LowFrequencyFactor) / (float)(HighFrequencyFactor - LowFrequencyFactor);
                frequency = ((1 - smooth) * frequency / (float)Factor) + (smooth * frequency);
            }
        }
    }
}
