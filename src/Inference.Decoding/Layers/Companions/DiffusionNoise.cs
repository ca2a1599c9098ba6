using Inference.Decoding.Sampling;
using Inference.Models.Imaging;

namespace Inference.Decoding.Layers;

/// <summary>
/// The forward process of a diffusion model on the pixels that a vision tower reads, as visual contrastive decoding uses it (Leng et al.,
/// CVPR 2024, <c>vcd_utils/vcd_add_noise.py</c>): 1000 steps whose variances rise along a sigmoid from 1e-5 to 0.005. Noise is drawn by a
/// counter for each pixel.
/// </summary>
public static class DiffusionNoise
{
    /// <summary>Steps of the whole process.</summary>
    public const int Steps = 1000;

    private static readonly double[] SignalShares = CumulateSignal();

    /// <summary>√ᾱ x + √(1 − ᾱ) ε after <paramref name="step"/> (0-based), unclipped.</summary>
    public static PixelValues Apply(PixelValues pixels, int step, int seed)
    {
        var signal = (float)Math.Sqrt(SignalShares[step]);
        var noise = (float)Math.Sqrt(1 - SignalShares[step]);
        var values = new float[pixels.Data.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (signal * pixels.Data[i]) + (noise * (float)Gaussian((ulong)seed, (ulong)i));
        }

        return pixels with { Data = values };
    }

    /// <summary>A draw from the standard normal distribution (Box and Muller 1958).</summary>
    internal static double Gaussian(ulong seed, ulong counter)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Philox4x32.Uniform(seed, counter, stream: 0)));
        return radius * Math.Cos(2 * Math.PI * Philox4x32.Uniform(seed, counter, stream: 1));
    }

    private static double[] CumulateSignal()
    {
        var (shares, share) = (new double[Steps], 1.0);
        for (var i = 0; i < Steps; i++)
        {
            var x = -6 + (12.0 * i / (Steps - 1));
            var variance = ((0.005 - 1e-5) / (1 + Math.Exp(-x))) + 1e-5;
            shares[i] = share *= 1 - variance;
        }

        return shares;
    }
}
