using System.Runtime.Intrinsics;

namespace Inference.Models.Imaging.Resampling;

/// <summary>
/// An image on a larger canvas of one colour, without storing the canvas: a very long image padded to a square would not fit
/// into memory.
/// </summary>
internal readonly record struct Canvas(RgbImage Image, int Width, int Height, int Left, int Top, Rgb Background)
{
    /// <summary>Pixels a row buffer holds beyond the canvas, so that vectors may read and write past its end.</summary>
    public const int Slack = 8;

    public static Canvas Of(RgbImage image) => new(image, image.Width, image.Height, 0, 0, default);

    /// <summary>True where the row holds nothing but background.</summary>
    public bool IsBackground(int y) => y < Top || y >= Top + Image.Height;

    /// <summary>Writes row y as [Width, 4] bytes: R, G, B and an undefined one.</summary>
    public void CopyRow(int y, Span<byte> row)
    {
        if (IsBackground(y))
        {
            Fill(row[..(Width * 4)]);
            return;
        }
        Expand(Image.Row(y - Top), row[(Left * 4)..]);
        Fill(row[..(Left * 4)]);
        Fill(row[((Left + Image.Width) * 4)..(Width * 4)]);
    }

    /// <summary>The whole canvas as an image; the image itself where nothing was added.</summary>
    public RgbImage Store()
    {
        if (Width == Image.Width && Height == Image.Height)
            return Image;
        var stored = RgbImage.Allocate(Width, Height);
        var row = new byte[(Width + Slack) * 4];
        for (int y = 0; y < Height; y++)
        {
            CopyRow(y, row);
            Compact(row, stored.Pixels.AsSpan(y * Width * 3, Width * 3));
        }
        return stored;
    }

    /// <summary>[n, 4] bytes to [n, 3].</summary>
    public static void Compact(ReadOnlySpan<byte> row, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
            (rgb[to], rgb[to + 1], rgb[to + 2]) = (row[from], row[from + 1], row[from + 2]);
    }

    private void Fill(Span<byte> row)
    {
        for (int i = 0; i < row.Length; i += 4)
            (row[i], row[i + 1], row[i + 2]) = (Background.R, Background.G, Background.B);
    }

    private static void Expand(ReadOnlySpan<byte> rgb, Span<byte> row)
    {
        var order = Vector128.Create((byte)0, 1, 2, 15, 3, 4, 5, 15, 6, 7, 8, 15, 9, 10, 11, 15);
        int from = 0, to = 0;
        // 16 bytes are read for four pixels of three bytes.
        for (; from + 16 <= rgb.Length; from += 12, to += 16)
            Vector128.Shuffle(Vector128.Create(rgb.Slice(from, 16)), order).CopyTo(row[to..]);
        for (; from < rgb.Length; from += 3, to += 4)
            (row[to], row[to + 1], row[to + 2]) = (rgb[from], rgb[from + 1], rgb[from + 2]);
    }
}

/// <summary>A colour of 8 bits a channel.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B);
