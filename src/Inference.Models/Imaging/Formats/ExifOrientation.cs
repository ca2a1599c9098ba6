using System.Buffers.Binary;

namespace Inference.Models.Imaging.Formats;

/// <summary>Reads tag 0x0112 of IFD0 of an EXIF block (a TIFF header and directory). Damaged EXIF counts as none.</summary>
internal static class ExifOrientation
{
    private const int OrientationTag = 0x0112;
    private const int TypeShort = 3;
    private const int TypeLong = 4;

    /// <returns>1 to 8; 1 where the tag is absent or out of range.</returns>
    public static int Read(ReadOnlySpan<byte> exif)
    {
        // PNG and WebP files carry the block with or without JPEG's prefix.
        while (exif.StartsWith("Exif\0\0"u8))
            exif = exif[6..];
        if (exif.Length < 8)
            return 1;
        bool little = exif.StartsWith("II*\0"u8);
        if (!little && !exif.StartsWith("MM\0*"u8))
            return 1;

        uint directory = U32(exif[4..], little);
        if (directory > exif.Length - 2)
            return 1;
        var entries = exif[(int)directory..];
        int count = U16(entries, little);
        entries = entries[2..];
        for (int i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            if (U16(entries, little) != OrientationTag)
                continue;
            uint value = U16(entries[2..], little) switch
            {
                TypeShort => U16(entries[8..], little),
                TypeLong => U32(entries[8..], little),
                _ => 1u,
            };
            return value is >= 1 and <= 8 ? (int)value : 1;
        }
        return 1;
    }

    private static ushort U16(ReadOnlySpan<byte> b, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(b) : BinaryPrimitives.ReadUInt16BigEndian(b);

    private static uint U32(ReadOnlySpan<byte> b, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(b) : BinaryPrimitives.ReadUInt32BigEndian(b);
}
