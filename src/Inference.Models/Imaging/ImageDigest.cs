using System.Security.Cryptography;
using System.Text;

namespace Inference.Models.Imaging;

/// <summary>Keys for image caches: SHA-256 as 64 lower-case hexadecimal digits.</summary>
public static class ImageDigest
{
    /// <summary>Digest of the encoded file, the name of an uploaded image.</summary>
    public static string OfEncoded(ReadOnlySpan<byte> encoded) => Convert.ToHexStringLower(SHA256.HashData(encoded));

    /// <summary>
    /// Digest of pixels and the processor that reads them. The shape is part of it: the same bytes as another shape are another image.
    /// </summary>
    public static string OfPixels(RgbImage image, string preset)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"rgb8 {image.Width}x{image.Height}\n{preset}\n"));
        hash.AppendData(image.Pixels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
