using Inference.Models.Imaging;
using Inference.Models.Imaging.Resampling;

namespace Inference.Models.Tests.Imaging.Resampling;

/// <summary>The plain twin of <see cref="Resampler"/>: the canvas is stored, the whole image computed, one sum at a time.</summary>
internal static class ScalarResampler
{
    public static RgbImage Resize(in Canvas canvas, int width, int height, ResampleFilter filter)
    {
        if (Resampler.VerticalFirst(canvas.Width, canvas.Height, width, height))
        {
            var squeezed = Axis(Store(canvas), canvas.Width, canvas.Height, height, filter, horizontal: false);
            return new RgbImage(width, height, Axis(squeezed, canvas.Width, height, width, filter, horizontal: true));
        }
        var pixels = Axis(Store(canvas), canvas.Width, canvas.Height, width, filter, horizontal: true);
        return new RgbImage(width, height, Axis(pixels, width, canvas.Height, height, filter, horizontal: false));
    }

    private static byte[] Store(in Canvas canvas)
    {
        var pixels = new byte[canvas.Width * canvas.Height * 3];
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++)
            {
                int u = x - canvas.Left, v = y - canvas.Top;
                bool inside = u >= 0 && v >= 0 && u < canvas.Image.Width && v < canvas.Image.Height;
                ReadOnlySpan<byte> color = inside
                    ? canvas.Image.Row(v).Slice(u * 3, 3)
                    : [canvas.Background.R, canvas.Background.G, canvas.Background.B];
                color.CopyTo(pixels.AsSpan((y * canvas.Width + x) * 3));
            }
        }
        return pixels;
    }

    private static byte[] Axis(byte[] source, int width, int height, int target, ResampleFilter filter, bool horizontal)
    {
        int length = horizontal ? width : height, lines = horizontal ? height : width;
        if (length == target)
            return source;
        var weights = ResampleWeights.Compute(length, target, filter, 0, target);
        var result = new byte[target * lines * 3];
        for (int line = 0; line < lines; line++)
        {
            for (int i = 0; i < target; i++)
            {
                for (int c = 0; c < 3; c++)
                {
                    int sum = ResampleWeights.Half;
                    for (int t = 0; t < weights.Counts[i]; t++)
                    {
                        int at = weights.Starts[i] + t;
                        int pixel = horizontal ? line * width + at : at * width + line;
                        sum += source[pixel * 3 + c] * weights.Values[i * weights.Taps + t];
                    }
                    int to = horizontal ? line * target + i : i * width + line;
                    result[to * 3 + c] = (byte)Math.Clamp(sum >> ResampleWeights.PrecisionBits, 0, 255);
                }
            }
        }
        return result;
    }
}
