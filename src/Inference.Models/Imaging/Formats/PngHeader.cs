using System.Buffers.Binary;

namespace Inference.Models.Imaging.Formats;

/// <summary>Walks the chunks of a PNG (ISO/IEC 15948) from IHDR to IEND.</summary>
/// <remarks>
/// ColorType: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. Kept are the chunks that pixels depend on: IHDR, PLTE of a palette
/// image, IDAT, IEND.
/// </remarks>
internal sealed record PngHeader(
    int Width, int Height, int Orientation, bool Animated, int BitDepth, int ColorType, IReadOnlyList<Range> Kept)
    : ImageHeader(ImageFormat.Png, Width, Height, Orientation, Animated)
{
    public const int SignatureLength = 8;
    public const int Grey = 0, Palette = 3;

    // Lengths, types and checksums around a chunk's data.
    private const int Overhead = 12;

    public override RgbImage Decode(ReadOnlySpan<byte> encoded) => PngDecoder.Decode(encoded, this);

    public static PngHeader Parse(ReadOnlySpan<byte> data)
    {
        PngHeader? header = null;
        var kept = new List<Range>();
        int orientation = 1;
        bool animated = false, palette = false, pixels = false, pixelsEnded = false;
        int at = SignatureLength;
        while (true)
        {
            if (data.Length - at < Overhead)
                throw Truncated("before the IEND chunk");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(data[at..]);
            if (length > int.MaxValue)
                throw Corrupt("a PNG chunk has an impossible length");
            if (length > data.Length - at - Overhead)
                throw Truncated("within a PNG chunk");
            var type = data.Slice(at + 4, 4);
            var body = data.Slice(at + 8, (int)length);
            var chunk = at..(at + Overhead + (int)length);
            at = chunk.End.Value;

            bool isPixels = type.SequenceEqual("IDAT"u8);
            pixelsEnded |= pixels && !isPixels;
            if (header is null)
            {
                header = type.SequenceEqual("IHDR"u8) ? Fields(body) : throw Corrupt("a PNG must begin with an IHDR chunk");
                kept.Add(chunk);
            }
            else if (isPixels)
            {
                if (pixelsEnded)
                    throw Corrupt("PNG pixel data is interrupted by other chunks");
                pixels = true;
                kept.Add(chunk);
            }
            else if (type.SequenceEqual("PLTE"u8) && header.ColorType == Palette && !palette && !pixels)
            {
                palette = true;
                kept.Add(chunk);
            }
            else if (type.SequenceEqual("eXIf"u8))
                orientation = ExifOrientation.Read(body);
            else if (type.SequenceEqual("acTL"u8))
                animated = true;
            else if (type.SequenceEqual("IEND"u8))
            {
                kept.Add(chunk);
                break;
            }
        }
        if (!pixels)
            throw Corrupt("the PNG has no pixel data");
        if (header.ColorType == Palette && !palette)
            throw Corrupt("the PNG has no palette");
        return header with { Orientation = orientation, Animated = animated, Kept = kept };
    }

    private static PngHeader Fields(ReadOnlySpan<byte> body)
    {
        if (body.Length != 13)
            throw Corrupt("the PNG header has a wrong length");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(body);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        if (width > int.MaxValue || height > int.MaxValue)
            throw Corrupt("the PNG header has an impossible size");
        int depth = body[8], color = body[9];
        bool known = (color, depth) is (0, 1 or 2 or 4 or 8 or 16) or (3, 1 or 2 or 4 or 8) or (2 or 4 or 6, 8 or 16);
        if (!known)
            throw Corrupt($"PNG colour type {color} with {depth} bits does not exist");
        if (body[10] != 0 || body[11] != 0 || body[12] > 1)
            throw Unsupported("a PNG with an unknown compression, filter or interlace method");
        return new PngHeader((int)width, (int)height, 1, false, depth, color, []);
    }
}
