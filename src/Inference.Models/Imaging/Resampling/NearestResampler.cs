using System.Buffers;

namespace Inference.Models.Imaging.Resampling;

/// <summary>Pillow's nearest neighbour (ImagingScaleAffine): positions are summed up step by step in double precision.</summary>
internal static class NearestResampler
{
    public static RgbImage Resize(in Canvas source, int width, int height, Window window)
    {
        int[] columns = Positions(source.Width, width, window.X, window.Width);
        int[] lines = Positions(source.Height, height, window.Y, window.Height);
        var result = RgbImage.Allocate(window.Width, window.Height);
        byte[] row = ArrayPool<byte>.Shared.Rent((source.Width + Canvas.Slack) * 4);
        try
        {
            int at = 0;
            foreach (int line in lines)
            {
                source.CopyRow(line, row);
                foreach (int column in columns)
                {
                    row.AsSpan(column * 4, 3).CopyTo(result.Pixels.AsSpan(at));
                    at += 3;
                }
            }
            return result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(row);
        }
    }

    private static int[] Positions(int source, int target, int first, int count)
    {
        var positions = new int[count];
        double step = (double)source / target;
        double at = step * 0.5;
        for (int i = 0; i < first + count; i++, at += step)
        {
            // The running sum may end a rounding error past the last pixel.
            if (i >= first)
                positions[i - first] = Math.Min((int)at, source - 1);
        }
        return positions;
    }
}
