using Inference.Models.Imaging.Formats;

namespace Inference.Models.Imaging;

/// <summary>
/// Encoded bytes to 8-bit RGB, with the pixels Pillow gives for <c>Image.open(f).convert("RGB")</c>: grey is replicated, palettes
/// are expanded, alpha is dropped, 16-bit colour keeps its high byte, 16-bit grey saturates at 255, CMYK is read in Adobe's inverted
/// convention. Of an animation the first frame (APNG: the default image) is decoded. Colour profiles and gamma are ignored.
/// </summary>
public static class ImageDecoder
{
    /// <summary>Reads the header only: format, size and orientation, checked against the caps.</summary>
    /// <exception cref="ImageException">The image is refused.</exception>
    public static ImageInfo ReadHeader(ReadOnlySpan<byte> encoded, ImageLimits? limits = null, bool applyExifOrientation = true) =>
        Parse(encoded, limits).Info(applyExifOrientation);

    /// <summary>
    /// Decodes an image. With <paramref name="applyExifOrientation"/> the result is upright, as a person sees it in a viewer;
    /// without it the pixels lie as they are stored, as Pillow leaves them.
    /// </summary>
    /// <exception cref="ImageException">The image is refused, or a native decoder is missing.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, ImageLimits? limits = null, bool applyExifOrientation = true)
    {
        var header = Parse(encoded, limits);
        var image = header.Decode(encoded);
        return applyExifOrientation ? UprightTransform.Apply(image, header.Orientation) : image;
    }

    private static ImageHeader Parse(ReadOnlySpan<byte> encoded, ImageLimits? limits)
    {
        limits ??= ImageLimits.Default;
        limits.CheckBytes(encoded.Length);
        ImageHeader header = encoded switch
        {
            [0xFF, 0xD8, 0xFF, ..] => JpegHeader.Parse(encoded),
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => PngHeader.Parse(encoded),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
                WebPHeader.Parse(encoded),
            [] => throw new ImageException(ImageError.Truncated, "The image is empty."),
            _ => throw new ImageException(ImageError.UnknownFormat, "The image format is not recognised; JPEG, PNG and WebP are allowed."),
        };
        limits.CheckSize(header.Width, header.Height);
        return header;
    }
}
