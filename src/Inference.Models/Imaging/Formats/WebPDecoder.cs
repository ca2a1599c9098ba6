using Inference.Models.Imaging.Native;

namespace Inference.Models.Imaging.Formats;

/// <summary>
/// Decodes the bitstream of one frame with libwebp. Container and alpha plane are not handed over. What the first frame of an
/// animation leaves free is black.
/// </summary>
internal static unsafe class WebPDecoder
{
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, WebPHeader header)
    {
        var bitstream = encoded[header.Bitstream];
        fixed (byte* data = bitstream)
        {
            var pointer = data;
            int length = bitstream.Length;
            return NativeCodecs.Call(WebP.Library, WebP.Package, () => Decode(pointer, length, header));
        }
    }

    private static RgbImage Decode(byte* data, int length, WebPHeader header)
    {
        var image = RgbImage.Allocate(header.Width, header.Height);
        var (x, y, width, height) = header.Frame;
        if (width != header.Width || height != header.Height)
            Array.Clear(image.Pixels);
        int stride = header.Width * 3;
        int start = y * stride + x * 3;
        // From the frame's first byte to its last; libwebp checks stride and rows against it.
        int room = (height - 1) * stride + width * 3;
        fixed (byte* pixels = &image.Pixels[start])
        {
            if (WebP.DecodeRgbInto(data, (nuint)length, pixels, (nuint)room, stride) == null)
                throw new ImageException(ImageError.Corrupt, "The image is corrupt: its WebP data cannot be decoded.");
        }
        return image;
    }
}
