namespace Inference.Models.Decoders;

/// <summary>How rotary frequencies are computed.</summary>
/// <param name="Theta">Base of the frequencies.</param>
public record RopeScaling(double Theta)
{
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
        return frequencies;
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

/// <summary>Llama 3.1's rule ("llama3"): long wavelengths divided by the factor, short ones kept, a smooth ramp between.</summary>
public sealed record Llama3RopeScaling(double Theta, double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalContext)
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
                var smooth = ((OriginalContext / wavelength) - (float)LowFrequencyFactor) / (float)(HighFrequencyFactor - LowFrequencyFactor);
                frequency = ((1 - smooth) * frequency / (float)Factor) + (smooth * frequency);
            }
        }
    }
}
