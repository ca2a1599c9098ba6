using System.Buffers.Binary;
using System.IO.Compression;

namespace Inference.Models.Imaging.Formats;

/// <summary>
/// Writes 8-bit RGB as PNG (ISO/IEC 15948): every row filtered by Sub, which suits drawings and photographs alike well enough.
/// </summary>
public static class PngEncoder
{
    private const byte TrueColor = 2, FilterSub = 1;
    private const int PixelBytes = 3;

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(value => CrcOf((uint)value))];

    /// <summary>The file.</summary>
    public static byte[] Encode(RgbImage image)
    {
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = [0, 0, 0, 0, 0, 0, 0, 0, 8, TrueColor, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static ReadOnlySpan<byte> Compress(RgbImage image)
    {
        var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            // A filter byte, then each byte less the one of the pixel to its left.
            var line = new byte[1 + (image.Width * PixelBytes)];
            line[0] = FilterSub;
            for (var y = 0; y < image.Height; y++)
            {
                var row = image.Row(y);
                row[..PixelBytes].CopyTo(line.AsSpan(1));
                for (var x = PixelBytes; x < row.Length; x++)
                {
                    line[1 + x] = (byte)(row[x] - row[x - PixelBytes]);
                }

                deflate.Write(line);
            }
        }

        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            crc = (crc >> 8) ^ CrcTable[(byte)(crc ^ value)];
        }

        return crc;
    }

    private static uint CrcOf(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value >> 1) ^ (0xEDB88320 & (uint)-(int)(value & 1));
        }

        return value;
    }
}
