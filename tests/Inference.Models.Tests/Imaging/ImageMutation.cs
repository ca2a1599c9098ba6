using System.Buffers.Binary;

namespace Inference.Models.Tests.Imaging;

/// <summary>Seeded damage: flipped, extreme, removed, repeated and foreign bytes. PNG checksums are put right half of the time.</summary>
internal static class ImageMutation
{
    private static readonly uint[] Extremes = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    public static byte[] Of(byte[] original, byte[] other, Random random)
    {
        var data = original.ToList();
        for (int n = random.Next(1, 5); n > 0 && data.Count > 8; n--)
        {
            // Headers decide most; half of the damage goes there.
            int at = random.Next(2) == 0 ? random.Next(Math.Min(data.Count, 64)) : random.Next(data.Count);
            int length = random.Next(1, 1 + Math.Min(32, data.Count - at));
            switch (random.Next(7))
            {
                case 0: data[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: data[at] = (byte)random.Next(256); break;
                case 2: Overwrite(data, at, Extremes[random.Next(Extremes.Length)], random); break;
                case 3: data.RemoveRange(at, length); break;
                case 4: data.InsertRange(at, data.GetRange(at, length)); break;
                case 5: data.InsertRange(at, other.Skip(random.Next(other.Length)).Take(length)); break;
                default: data.RemoveRange(data.Count - length, length); break;
            }
        }
        byte[] mutated = [.. data];
        if (random.Next(2) == 0)
            FixPngChecksums(mutated);
        return mutated;
    }

    private static void Overwrite(List<byte> data, int at, uint value, Random random)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        if (random.Next(2) == 0)
            bytes.Reverse();
        for (int i = 0; i < 4 && at + i < data.Count; i++)
            data[at + i] = bytes[i];
    }

    private static void FixPngChecksums(Span<byte> data)
    {
        for (int at = 8; data.Length - at >= 12;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(data[at..]);
            if (length > data.Length - at - 12)
                return;
            int end = at + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(data[end..], Crc32(data[(at + 4)..end]));
            at = end + 4;
        }
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = crc >> 1 ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
