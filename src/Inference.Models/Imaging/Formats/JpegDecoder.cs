using System.Runtime.InteropServices;
using Inference.Models.Imaging.Native;

namespace Inference.Models.Imaging.Formats;

/// <summary>
/// Decodes with libjpeg-turbo's defaults, which are Pillow's: accurate integer DCT and smooth chroma upsampling. Damage that libjpeg
/// only warns about is tolerated, as Pillow does; a missing end is refused when the header is read.
/// </summary>
internal static unsafe class JpegDecoder
{
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, JpegHeader header)
    {
        fixed (byte* data = encoded)
        {
            var pointer = data;
            int length = encoded.Length;
            return NativeCodecs.Call(TurboJpeg.Library, TurboJpeg.Package, () => Decode(pointer, length, header));
        }
    }

    private static RgbImage Decode(byte* data, int length, JpegHeader header)
    {
        nint handle = TurboJpeg.InitDecompress();
        if (handle == 0)
            throw new InsufficientMemoryException("The JPEG decoder could not be created.");
        try
        {
            // The status is not looked at: it also reports a subsampling without a name, which decodes all the same.
            _ = TurboJpeg.DecompressHeader(handle, data, new CULong((uint)length), out int width, out int height, out _, out _);
            if (width != header.Width || height != header.Height)
                throw new ImageException(ImageError.Corrupt, "The image is corrupt: the JPEG decoder cannot read its headers.");

            bool cmyk = header.Components == 4;
            var image = RgbImage.Allocate(width, height);
            byte[] output = cmyk ? GC.AllocateUninitializedArray<byte>(checked(width * height * 4)) : image.Pixels;
            int pitch = width * (cmyk ? 4 : 3);
            int format = cmyk ? TurboJpeg.PixelFormatCmyk : TurboJpeg.PixelFormatRgb;
            int status;
            fixed (byte* pixels = output)
            {
                status = TurboJpeg.Decompress(
                    handle, data, new CULong((uint)length), pixels, width, pitch, height, format, TurboJpeg.FlagLimitScans);
            }
            if (status != 0 && TurboJpeg.GetErrorCode(handle) != TurboJpeg.ErrorWarning)
                throw new ImageException(ImageError.Corrupt, "The image is corrupt: its JPEG data cannot be decoded.");
            if (cmyk)
                InvertedCmykToRgb(output, image.Pixels);
            return image;
        }
        finally
        {
            _ = TurboJpeg.Destroy(handle);
        }
    }

    /// <summary>Adobe writes CMYK inverted, so a sample is already 255 minus ink: RGB = sample * K / 255, rounded as Pillow does.</summary>
    private static void InvertedCmykToRgb(ReadOnlySpan<byte> cmyk, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            int k = cmyk[from + 3];
            for (int c = 0; c < 3; c++)
                rgb[to + c] = (byte)Math.Clamp(k - DivideBy255((255 - cmyk[from + c]) * k), 0, 255);
        }
    }

    private static int DivideBy255(int product)
    {
        int t = product + 128;
        return ((t >> 8) + t) >> 8;
    }
}
