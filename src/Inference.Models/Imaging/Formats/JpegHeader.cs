using System.Buffers.Binary;

namespace Inference.Models.Imaging.Formats;

/// <summary>
/// Walks the markers of a JPEG (ITU T.81, annex B) from SOI to EOI: frame size, component count, EXIF orientation, number of scans.
/// </summary>
internal sealed record JpegHeader(int Width, int Height, int Orientation, int Components)
    : ImageHeader(ImageFormat.Jpeg, Width, Height, Orientation)
{
    // libjpeg's own progressive scripts have 10 scans; thousands of empty ones are a known way to burn CPU time.
    private const int MaxScans = 100;

    private const byte Sof0 = 0xC0, Dht = 0xC4, Jpg = 0xC8, Dac = 0xCC, Sof15 = 0xCF;
    private const byte Rst0 = 0xD0, Rst7 = 0xD7, Soi = 0xD8, Eoi = 0xD9, Sos = 0xDA, App1 = 0xE1, Tem = 0x01;

    public override RgbImage Decode(ReadOnlySpan<byte> encoded) => JpegDecoder.Decode(encoded, this);

    public static JpegHeader Parse(ReadOnlySpan<byte> data)
    {
        JpegHeader? frame = null;
        int orientation = 0, scans = 0;
        int at = 2;
        while (true)
        {
            byte marker = NextMarker(data, ref at);
            if (marker is Tem or (>= Rst0 and <= Rst7))
                continue;
            if (marker == Soi)
                throw Corrupt("a second start marker");
            if (marker == Eoi)
                break;

            var segment = Segment(data, ref at);
            if (marker is >= Sof0 and <= Sof15 and not (Dht or Jpg or Dac))
                frame = frame is null ? Frame(marker, segment) : throw Corrupt("a second frame header");
            else if (marker == App1 && orientation == 0 && segment.StartsWith("Exif\0\0"u8))
                orientation = ExifOrientation.Read(segment);
            else if (marker == Sos && frame is null)
                throw Corrupt("a scan before the frame header");
            else if (marker == Sos && ++scans > MaxScans)
                throw Unsupported($"a JPEG with more than {MaxScans} scans");
        }
        if (frame is null || scans == 0)
            throw Corrupt("it has no image data");
        return frame with { Orientation = Math.Max(orientation, 1) };
    }

    /// <summary>Skips entropy-coded data and fill bytes, as libjpeg does, to the next marker code.</summary>
    private static byte NextMarker(ReadOnlySpan<byte> data, ref int at)
    {
        while (true)
        {
            int skip = data[at..].IndexOf((byte)0xFF);
            if (skip < 0)
                throw Truncated("before the end marker");
            at += skip + 1;
            while (at < data.Length && data[at] == 0xFF)
                at++;
            if (at == data.Length)
                throw Truncated("before the end marker");
            byte code = data[at++];
            if (code != 0) // 0xFF00 is a data byte 0xFF
                return code;
        }
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> data, ref int at)
    {
        if (data.Length - at < 2)
            throw Truncated("within a marker segment");
        int length = BinaryPrimitives.ReadUInt16BigEndian(data[at..]);
        if (length < 2)
            throw Corrupt("a marker segment is shorter than its length field");
        if (data.Length - at < length)
            throw Truncated("within a marker segment");
        var segment = data.Slice(at + 2, length - 2);
        at += length;
        return segment;
    }

    private static JpegHeader Frame(byte marker, ReadOnlySpan<byte> segment)
    {
        // Baseline, extended and progressive with Huffman coding; sequential and progressive with arithmetic coding.
        if (marker is not (Sof0 or 0xC1 or 0xC2 or 0xC9 or 0xCA))
            throw Unsupported("a lossless or hierarchical JPEG");
        if (segment.Length < 6)
            throw Corrupt("the frame header is too short");
        if (segment[0] != 8)
            throw Unsupported($"a JPEG with {segment[0]} bits per sample");
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        int components = segment[5];
        if (components is not (1 or 3 or 4))
            throw Unsupported($"a JPEG with {components} colour components");
        return new JpegHeader(width, height, 1, components);
    }
}
