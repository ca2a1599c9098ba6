namespace Inference.Models.Imaging.Formats;

/// <summary>Turns stored pixels upright (EXIF 2.3, tag 0x0112); the same result as Pillow's ImageOps.exif_transpose.</summary>
internal static class UprightTransform
{
    public static RgbImage Apply(RgbImage image, int orientation)
    {
        if (orientation == 1)
            return image;
        int w = image.Width, h = image.Height;
        var (width, height) = orientation >= 5 ? (h, w) : (w, h);
        var result = RgbImage.Allocate(width, height);

        // Stored pixel of the upright origin, and the steps through the stored pixels per upright column and row.
        var (origin, column, row) = orientation switch
        {
            2 => (w - 1, -1, w),
            3 => (w * h - 1, -1, -w),
            4 => ((h - 1) * w, 1, -w),
            5 => (0, w, 1),
            6 => ((h - 1) * w, -w, 1),
            7 => (w * h - 1, -w, -1),
            8 => (w - 1, w, -1),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation), orientation, "EXIF orientations are 1 to 8."),
        };

        byte[] source = image.Pixels, target = result.Pixels;
        int at = 0;
        for (int y = 0; y < height; y++)
        {
            int from = origin + y * row;
            for (int x = 0; x < width; x++, from += column, at += 3)
            {
                target[at] = source[from * 3];
                target[at + 1] = source[from * 3 + 1];
                target[at + 2] = source[from * 3 + 2];
            }
        }
        return result;
    }
}
