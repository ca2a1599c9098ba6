namespace Inference.Models.Imaging;

/// <summary>
/// Caps that hold before memory is spent on pixels. Decoding holds three bytes a pixel of its own; a progressive JPEG or a
/// lossless WebP needs up to about six and four more inside its decoder while it is decoded.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>The caps used where a caller has none of its own.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Largest encoded size in bytes.</summary>
    public int MaxBytes { get; init; } = 32 << 20;

    /// <summary>Largest width times height. Pillow warns at 89,478,485.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Largest width or height.</summary>
    public int MaxSide { get; init; } = 16_384;

    /// <summary>Largest ratio of the longer side to the shorter one.</summary>
    public double MaxAspectRatio { get; init; } = 1_000;

    internal void CheckBytes(int length)
    {
        if (length > MaxBytes)
            throw new ImageException(ImageError.TooLarge, $"The image has {length} bytes; at most {MaxBytes} are allowed.")
            {
                Actual = length,
                Limit = MaxBytes,
            };
    }

    internal void CheckSize(int width, int height)
    {
        if (width < 1 || height < 1)
            throw new ImageException(ImageError.Corrupt, $"The image header says {width}x{height} pixels; both sides must be at least 1.");
        if (width > MaxSide || height > MaxSide)
            throw new ImageException(ImageError.TooLarge, $"The image has {width}x{height} pixels; a side may have at most {MaxSide}.")
            {
                Actual = Math.Max(width, height),
                Limit = MaxSide,
            };
        if ((long)width * height > MaxPixels)
            throw new ImageException(ImageError.TooLarge, $"The image has {width}x{height} pixels; at most {MaxPixels} are allowed.")
            {
                Actual = (long)width * height,
                Limit = MaxPixels,
            };
        if ((double)Math.Max(width, height) / Math.Min(width, height) > MaxAspectRatio)
        {
            throw new ImageException(ImageError.AspectRatio,
                $"The image has {width}x{height} pixels; the longer side may be at most {MaxAspectRatio} times the shorter one.");
        }
        // An array holds at most 2^31 bytes, whatever the configured caps say.
        if ((long)width * height * 3 > Array.MaxLength)
            throw new ImageException(ImageError.TooLarge, $"The image has {width}x{height} pixels, more than one buffer can hold.");
    }
}
