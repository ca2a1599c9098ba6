namespace Inference.Models.Imaging;

/// <summary>A decoded image: 8-bit RGB, interleaved, rows from top to bottom without padding.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps pixels. Not copied.</summary>
    /// <exception cref="ArgumentException">The length is not width * height * 3, or a side is below 1.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != (long)width * height * 3)
            throw new ArgumentException(
                $"{width}x{height} RGB pixels are {(long)width * height * 3} bytes, not {pixels.Length}.", nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels: [height, width, 3].</summary>
    public byte[] Pixels { get; }

    /// <summary>One row: [width, 3].</summary>
    public ReadOnlySpan<byte> Row(int y) => Pixels.AsSpan(y * Width * 3, Width * 3);

    internal static RgbImage Allocate(int width, int height) =>
        new(width, height, GC.AllocateUninitializedArray<byte>(checked(width * height * 3)));
}
