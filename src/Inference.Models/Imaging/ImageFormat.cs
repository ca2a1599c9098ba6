namespace Inference.Models.Imaging;

/// <summary>The encodings that are accepted; the magic bytes decide, never a name or a declared type.</summary>
public enum ImageFormat
{
    Jpeg,
    Png,
    WebP,
}
