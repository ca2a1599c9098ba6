using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Inference.Models.Imaging;
using Inference.Models.Vision;

namespace Inference.Engine;

/// <summary>What an encoded image depends on, as 256 bits: two images with the same digest have the same rows.</summary>
internal readonly record struct EngineImageDigest(UInt128 High, UInt128 Low)
{
    /// <summary>Of an image whose pixels nobody knows: no other has it.</summary>
    public static EngineImageDigest Unique()
    {
        Span<UInt128> value = stackalloc UInt128[2];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(value));
        return new EngineImageDigest(value[0], value[1]);
    }

    /// <summary>SHA-256 of the pixels that the tower reads, of their shape, and of what else decides how rows are made of them.</summary>
    public static EngineImageDigest Of(PixelValues pixels, ImagePlan plan, ImageReduction? reduction)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>(
        [
            pixels.Tiles, pixels.Channels, pixels.Height, pixels.Width,
            plan.Grid.Rows, plan.Grid.Columns, plan.OriginalSize.Height, plan.OriginalSize.Width,
        ]));
        hash.AppendData(MemoryMarshal.AsBytes<float>(pixels.Data));
        hash.AppendData(Encoding.UTF8.GetBytes($"{reduction}"));
        Span<UInt128> value = stackalloc UInt128[2];
        hash.GetHashAndReset(MemoryMarshal.AsBytes(value));
        return new EngineImageDigest(value[0], value[1]);
    }
}
