using Inference.Models.Imaging;
using Inference.Models.Regions;
using Inference.Models.Vision;

namespace Inference.Cli.Pictures;

/// <summary>
/// Draws which parts of images remain: a line for each image, first as it is, then stage by stage with what was dropped in the dark.
/// </summary>
internal static class KeptPicture
{
    private const int LeastSide = 224, MostSide = 448, Gap = 6, Channels = 3;
    private const byte Background = 255;

    /// <summary>The picture.</summary>
    public static RgbImage Draw(IReadOnlyList<PatchPanels> lines)
    {
        var sizes = lines.Select(line => SizeOf(line.Image)).ToList();
        var width = lines.Select((line, i) => ((line.Stages.Count + 1) * (sizes[i].Width + Gap)) - Gap).Max();
        var height = sizes.Sum(size => size.Height + Gap) - Gap;
        var pixels = new byte[checked(width * height * Channels)];
        pixels.AsSpan().Fill(Background);
        var picture = new RgbImage(width, height, pixels);
        var top = 0;
        foreach (var (line, size) in lines.Zip(sizes))
        {
            DrawPanel(picture, 0, top, size, line, kept: null);
            for (var stage = 0; stage < line.Stages.Count; stage++)
            {
                DrawPanel(picture, (stage + 1) * (size.Width + Gap), top, size, line, line.Stages[stage]);
            }

            top += size.Height + Gap;
        }

        return picture;
    }

    // Small images whole times larger, large ones smaller.
    private static (int Width, int Height) SizeOf(RgbImage image)
    {
        var longer = Math.Max(image.Width, image.Height);
        var scale = longer < LeastSide ? Math.Ceiling((double)LeastSide / longer) : Math.Min(1, (double)MostSide / longer);
        return (Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)));
    }

    private static void DrawPanel(
        RgbImage picture, int left, int top, (int Width, int Height) size, PatchPanels line, IReadOnlyList<PatchArea>? kept)
    {
        var image = line.Image;
        double scaleX = (double)size.Width / image.Width, scaleY = (double)size.Height / image.Height;
        var seen = kept is null ? null : SeenIn(size, kept, scaleX, scaleY);
        for (var y = 0; y < size.Height; y++)
        {
            var row = image.Row((int)(((2L * y) + 1) * image.Height / (2L * size.Height)));
            for (var x = 0; x < size.Width; x++)
            {
                var source = row.Slice((int)(((2L * x) + 1) * image.Width / (2L * size.Width)) * Channels, Channels);
                var target = picture.Pixels.AsSpan((((top + y) * picture.Width) + left + x) * Channels, Channels);
                var isSeen = seen is null || seen[(y * size.Width) + x];
                for (var channel = 0; channel < Channels; channel++)
                {
                    target[channel] = isSeen ? source[channel] : (byte)(source[channel] / 6);
                }
            }
        }

        if (kept is null && line.Region is { } region)
        {
            DrawFrame(picture, left, top, size, new Box(region.X1 * scaleX, region.Y1 * scaleY, region.X2 * scaleX, region.Y2 * scaleY));
        }
    }

    private static bool[] SeenIn((int Width, int Height) size, IReadOnlyList<PatchArea> kept, double scaleX, double scaleY)
    {
        var seen = new bool[size.Width * size.Height];
        foreach (var area in kept)
        {
            int right = Edge(area.X2 * scaleX, size.Width), bottom = Edge(area.Y2 * scaleY, size.Height),
                x = Edge(area.X1 * scaleX, size.Width);
            for (var y = Edge(area.Y1 * scaleY, size.Height); y < bottom && x < right; y++)
            {
                seen.AsSpan((y * size.Width) + x, right - x).Fill(true);
            }
        }

        return seen;
    }

    private static void DrawFrame(RgbImage picture, int left, int top, (int Width, int Height) size, Box box)
    {
        int x1 = Edge(box.X1, size.Width - 1), x2 = Edge(box.X2, size.Width - 1), y1 = Edge(box.Y1, size.Height - 1),
            y2 = Edge(box.Y2, size.Height - 1);
        for (var x = x1; x <= x2; x++)
        {
            Mark(picture, left + x, top + y1);
            Mark(picture, left + x, top + y2);
        }

        for (var y = y1; y <= y2; y++)
        {
            Mark(picture, left + x1, top + y);
            Mark(picture, left + x2, top + y);
        }
    }

    private static void Mark(RgbImage picture, int x, int y)
    {
        ReadOnlySpan<byte> colour = [230, 0, 120];
        colour.CopyTo(picture.Pixels.AsSpan(((y * picture.Width) + x) * Channels));
    }

    private static int Edge(double position, int most) => Math.Clamp((int)Math.Round(position), 0, most);
}
