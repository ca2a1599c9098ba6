using Inference.Models.Imaging;

namespace Inference.Grounding.Evaluation.Degrading;

/// <summary>Every pixel becomes the mean of its square block, so that detail is lost and the size stays.</summary>
internal static class HalfResolution
{
    private const int Channels = 3;

    public static RgbImage Apply(RgbImage image, int side)
    {
        var pixels = new byte[image.Pixels.Length];
        for (var top = 0; top < image.Height; top += side)
        {
            for (var left = 0; left < image.Width; left += side)
            {
                var (right, bottom) = (Math.Min(left + side, image.Width), Math.Min(top + side, image.Height));
                for (var c = 0; c < Channels; c++)
                {
                    Fill(image, pixels, (left, top, right, bottom), c);
                }
            }
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static void Fill(RgbImage image, byte[] pixels, (int Left, int Top, int Right, int Bottom) block, int channel)
    {
        var sum = 0L;
        Visit(i => sum += image.Pixels[i]);
        var count = (block.Right - block.Left) * (block.Bottom - block.Top);
        var mean = (byte)((sum + (count / 2)) / count);
        Visit(i => pixels[i] = mean);

        void Visit(Action<int> visit)
        {
            for (var y = block.Top; y < block.Bottom; y++)
            {
                for (var x = block.Left; x < block.Right; x++)
                {
                    visit((((y * image.Width) + x) * Channels) + channel);
                }
            }
        }
    }
}
