using Inference.Decoding.Sampling;
using Inference.Models.Imaging;

namespace Inference.Grounding.Evaluation.Degrading;

/// <summary>Adds independent Gaussian noise (Box and Muller, 1958).</summary>
internal static class GaussianNoise
{
    public static RgbImage Apply(RgbImage image, double sigma, ulong seed)
    {
        var pixels = new byte[image.Pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - Philox4x32.Uniform(seed, (ulong)i)));
            var normal = radius * Math.Cos(2 * Math.PI * Philox4x32.Uniform(seed, (ulong)i, stream: 1));
            pixels[i] = (byte)Math.Clamp(Math.Round(image.Pixels[i] + (sigma * normal)), 0, byte.MaxValue);
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }
}
