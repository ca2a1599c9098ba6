namespace Inference.Models.Imaging.Formats;

/// <summary>A header parsed in managed code; nothing reaches a native decoder before its size has passed the caps.</summary>
internal abstract record ImageHeader(ImageFormat Format, int Width, int Height, int Orientation, bool Animated = false)
{
    public ImageInfo Info(bool upright)
    {
        // Orientations 5 to 8 swap the axes.
        var swap = upright && Orientation >= 5;
        return new ImageInfo(Format, swap ? Height : Width, swap ? Width : Height, Orientation, Animated);
    }

    /// <summary>Decodes the pixels as stored, into a buffer of exactly Width * Height * 3 bytes.</summary>
    public abstract RgbImage Decode(ReadOnlySpan<byte> encoded);

    protected static ImageException Truncated(string where) =>
        new(ImageError.Truncated, $"The image is truncated: the data ends {where}.");

    protected static ImageException Corrupt(string what) => new(ImageError.Corrupt, $"The image is corrupt: {what}.");

    protected static ImageException Unsupported(string what) => new(ImageError.Unsupported, $"The image is not supported: {what}.");
}
