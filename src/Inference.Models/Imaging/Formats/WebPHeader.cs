using System.Buffers.Binary;

namespace Inference.Models.Imaging.Formats;

/// <summary>Walks the RIFF chunks of a WebP file (RFC 9649) and finds the bitstream of the only or first frame.</summary>
/// <remarks>Bitstream is the VP8 or VP8L data of that frame without its chunk header; Frame is where it lies on the canvas.</remarks>
internal sealed record WebPHeader(int Width, int Height, int Orientation, bool Animated, Range Bitstream, WebPFrame Frame)
    : ImageHeader(ImageFormat.WebP, Width, Height, Orientation, Animated)
{
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;
    private const int FrameHeader = 16;

    public override RgbImage Decode(ReadOnlySpan<byte> encoded) => WebPDecoder.Decode(encoded, this);

    public static WebPHeader Parse(ReadOnlySpan<byte> data)
    {
        uint riff = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
        if (riff > data.Length - 8)
            throw Truncated("before the length that the RIFF header gives");
        int end = 8 + (int)riff;
        if (end < RiffHeader)
            throw Corrupt("the RIFF header gives an impossible length");

        (int Width, int Height)? canvas = null;
        (Range Data, WebPFrame Frame)? image = null;
        int orientation = 1;
        bool animated = false;
        for (int at = RiffHeader; end - at >= ChunkHeader;)
        {
            var type = data.Slice(at, 4);
            var body = Body(data, at, end);
            if (type.SequenceEqual("VP8X"u8) && canvas is null && image is null)
                canvas = Canvas(data[body]);
            else if (type.SequenceEqual("ANMF"u8) && canvas is not null)
            {
                animated |= image is not null;
                image ??= AnimationFrame(data, body);
            }
            else if (image is null && IsBitstream(type))
            {
                var (width, height) = FrameSize(type, data[body]);
                image = (body, new WebPFrame(0, 0, width, height));
            }
            else if (type.SequenceEqual("EXIF"u8))
                orientation = ExifOrientation.Read(data[body]);
            // Chunks are padded to an even length.
            at = body.End.Value + (body.End.Value - body.Start.Value & 1);
        }

        if (image is not { } found)
            throw Corrupt("the WebP file has no image data");
        var (w, h) = canvas ?? (found.Frame.Width, found.Frame.Height);
        if (found.Frame.X > w - found.Frame.Width || found.Frame.Y > h - found.Frame.Height)
            throw Corrupt("the WebP frame does not lie on its canvas");
        return new WebPHeader(w, h, orientation, animated, found.Data, found.Frame);
    }

    private static Range Body(ReadOnlySpan<byte> data, int at, int end)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(data[(at + 4)..]);
        if (length > end - at - ChunkHeader)
            throw Truncated("within a WebP chunk");
        return (at + ChunkHeader)..(at + ChunkHeader + (int)length);
    }

    private static (int Width, int Height) Canvas(ReadOnlySpan<byte> body)
    {
        if (body.Length < 10)
            throw Corrupt("the VP8X chunk is too short");
        return (U24(body[4..]) + 1, U24(body[7..]) + 1);
    }

    private static (Range Data, WebPFrame Frame) AnimationFrame(ReadOnlySpan<byte> data, Range body)
    {
        var fields = data[body];
        if (fields.Length < FrameHeader)
            throw Corrupt("a WebP animation frame is too short");
        var declared = new WebPFrame(U24(fields) * 2, U24(fields[3..]) * 2, U24(fields[6..]) + 1, U24(fields[9..]) + 1);
        int end = body.End.Value;
        for (int at = body.Start.Value + FrameHeader; end - at >= ChunkHeader;)
        {
            var type = data.Slice(at, 4);
            var inner = Body(data, at, end);
            if (IsBitstream(type))
            {
                if (FrameSize(type, data[inner]) != (declared.Width, declared.Height))
                    throw Corrupt("a WebP animation frame has two sizes");
                return (inner, declared);
            }
            at = inner.End.Value + (inner.End.Value - inner.Start.Value & 1);
        }
        throw Corrupt("a WebP animation frame has no image data");
    }

    private static bool IsBitstream(ReadOnlySpan<byte> type) => type.SequenceEqual("VP8 "u8) || type.SequenceEqual("VP8L"u8);

    private static (int Width, int Height) FrameSize(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        if (type[3] == (byte)'L')
        {
            // 0x2F, then 14 bits of width - 1 and 14 bits of height - 1.
            if (body.Length < 5 || body[0] != 0x2F)
                throw Corrupt("the VP8L header is damaged");
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
            return ((int)(bits & 0x3FFF) + 1, (int)(bits >> 14 & 0x3FFF) + 1);
        }
        // A key frame: bit 0 of the tag is 0, then the start code, then 14 bits each (the upper two ask for scaling).
        if (body.Length < 10 || (body[0] & 1) != 0 || !body[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
            throw Corrupt("the VP8 header is damaged");
        int width = BinaryPrimitives.ReadUInt16LittleEndian(body[6..]) & 0x3FFF;
        int height = BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & 0x3FFF;
        if (width == 0 || height == 0)
            throw Corrupt("the VP8 header gives an empty frame");
        return (width, height);
    }

    private static int U24(ReadOnlySpan<byte> b) => b[0] | b[1] << 8 | b[2] << 16;
}

/// <summary>Position and size of a frame in pixels of the canvas.</summary>
internal readonly record struct WebPFrame(int X, int Y, int Width, int Height);
