using System.Buffers;
using System.Runtime.InteropServices;
using Inference.Models.Imaging.Native;

namespace Inference.Models.Imaging.Formats;

/// <summary>
/// Decodes with libspng. Only the chunks that pixels depend on are handed over, so that texts, profiles and unknown chunks of a
/// hostile file are never parsed or inflated. Transparency (tRNS) is dropped with them: Pillow's convert("RGB") ignores it.
/// </summary>
internal static unsafe class PngDecoder
{
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, PngHeader header)
    {
        int length = PngHeader.SignatureLength + header.Kept.Sum(r => r.End.Value - r.Start.Value);
        byte[] png = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            encoded[..PngHeader.SignatureLength].CopyTo(png);
            int at = PngHeader.SignatureLength;
            foreach (var range in header.Kept)
            {
                var chunk = encoded[range];
                chunk.CopyTo(png.AsSpan(at));
                at += chunk.Length;
            }
            return NativeCodecs.Call(Spng.Library, Spng.Package, () => Decode(png, length, header));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(png);
        }
    }

    private static RgbImage Decode(byte[] png, int length, PngHeader header)
    {
        var image = RgbImage.Allocate(header.Width, header.Height);
        if (header is not { ColorType: PngHeader.Grey, BitDepth: 16 })
        {
            Decode(png, length, header, image.Pixels, Spng.FormatRgb8);
            return image;
        }

        // Pillow reads these as "I;16" and saturates: everything above 255 is white.
        var samples = GC.AllocateUninitializedArray<ushort>(checked(header.Width * header.Height));
        Decode(png, length, header, MemoryMarshal.AsBytes(samples.AsSpan()), Spng.FormatPng);
        byte[] pixels = image.Pixels;
        for (int i = 0; i < samples.Length; i++)
            pixels[i * 3] = pixels[i * 3 + 1] = pixels[i * 3 + 2] = (byte)Math.Min(samples[i], (ushort)255);
        return image;
    }

    private static void Decode(byte[] png, int length, PngHeader header, Span<byte> output, int format)
    {
        nint context = Spng.New(0);
        if (context == 0)
            throw new InsufficientMemoryException("The PNG decoder could not be created.");
        try
        {
            fixed (byte* data = png)
            fixed (byte* pixels = output)
            {
                bool done = Spng.SetImageLimits(context, (uint)header.Width, (uint)header.Height) == 0
                    && Spng.SetBuffer(context, data, (nuint)length) == 0
                    && Spng.DecodedImageSize(context, format, out nuint size) == 0
                    && size == (nuint)output.Length
                    && Spng.DecodeImage(context, pixels, size, format, 0) == 0;
                if (!done)
                    throw new ImageException(ImageError.Corrupt, "The image is corrupt: its PNG data cannot be decoded.");
            }
        }
        finally
        {
            Spng.Free(context);
        }
    }
}
