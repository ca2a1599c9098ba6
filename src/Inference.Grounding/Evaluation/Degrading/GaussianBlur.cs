using Inference.Models.Imaging;

namespace Inference.Grounding.Evaluation.Degrading;

/// <summary>A separable Gaussian blur, cut at three standard deviations; the image's edge goes on outside.</summary>
internal static class GaussianBlur
{
    private const int Channels = 3;

    public static RgbImage Apply(RgbImage image, double sigma)
    {
        var weights = Weights(sigma);
        var (width, height) = (image.Width, image.Height);
        double[] source = [.. image.Pixels.Select(value => (double)value)];
        var across = new double[source.Length];
        for (var row = 0; row < height; row++)
        {
            for (var c = 0; c < Channels; c++)
            {
                Line(source, across, (row * width * Channels) + c, width, Channels, weights);
            }
        }

        for (var column = 0; column < width * Channels; column++)
        {
            Line(across, source, column, height, width * Channels, weights);
        }

        return new RgbImage(width, height, [.. source.Select(value => (byte)Math.Round(value))]);
    }

    // A row or column: count values, stride apart.
    private static void Line(double[] source, double[] result, int first, int count, int stride, double[] weights)
    {
        var reach = weights.Length / 2;
        for (var i = 0; i < count; i++)
        {
            var sum = 0.0;
            for (var k = -reach; k <= reach; k++)
            {
                sum += weights[k + reach] * source[first + (Math.Clamp(i + k, 0, count - 1) * stride)];
            }

            result[first + (i * stride)] = sum;
        }
    }

    // Sum 1.
    private static double[] Weights(double sigma)
    {
        var reach = (int)Math.Ceiling(3 * sigma);
        double[] bell = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(k => Math.Exp(-k * k / (2 * sigma * sigma)))];
        var total = bell.Sum();
        return [.. bell.Select(weight => weight / total)];
    }
}
