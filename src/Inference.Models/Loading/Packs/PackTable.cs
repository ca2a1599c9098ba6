using System.Security.Cryptography;
using System.Text;
using Inference.Compute;

namespace Inference.Models.Loading;

/// <summary>A matrix in the file, and a digest of samples of its bytes, which a write that was lost would change.</summary>
internal readonly record struct PackEntry(
    string Name, int Outputs, int Inputs, NumberFormat Format, long Offset, long Length, ulong Samples);

/// <summary>
/// The table behind the matrices of a pack file, and the preface in front of them: <see cref="Magic"/>, offset and length of the table as
/// 64-bit little-endian numbers, and its SHA-256.
/// </summary>
internal static unsafe class PackTable
{
    /// <summary>Changes with the format of the file.</summary>
    public const int Version = 1;

    /// <summary>Bytes of the preface.</summary>
    public const int PrefaceBytes = 64;

    /// <summary>Longest table that is read.</summary>
    public const long MostBytes = 16 << 20;

    private const int SampleBytes = 4096;

    /// <summary>First bytes of the file.</summary>
    public static ReadOnlySpan<byte> Magic => "glassbox-pack-1\n"u8;

    /// <summary>The table as bytes.</summary>
    public static byte[] Write(string key, IReadOnlyCollection<PackEntry> entries)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(key);
        writer.Write(entries.Count);
        foreach (var entry in entries)
        {
            writer.Write(entry.Name);
            writer.Write(entry.Outputs);
            writer.Write(entry.Inputs);
            writer.Write((int)entry.Format);
            writer.Write(entry.Offset);
            writer.Write(entry.Length);
            writer.Write(entry.Samples);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads a table whose digest was right; the entries are not checked yet.</summary>
    /// <exception cref="IOException">It ends early.</exception>
    public static (string Key, List<PackEntry> Entries) Read(byte[] table)
    {
        using var reader = new BinaryReader(new MemoryStream(table), Encoding.UTF8);
        var key = reader.ReadString();
        var count = reader.ReadInt32();
        var entries = new List<PackEntry>();
        for (var i = 0; i < count; i++)
        {
            entries.Add(new PackEntry(
                reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), (NumberFormat)reader.ReadInt32(), reader.ReadInt64(),
                reader.ReadInt64(), reader.ReadUInt64()));
        }

        return (key, entries);
    }

    /// <summary>Digest of the first, the middle and the last 4 KiB.</summary>
    public static ulong Samples(byte* matrix, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var size = (int)Math.Min(SampleBytes, length);
        hash.AppendData(new ReadOnlySpan<byte>(matrix, size));
        hash.AppendData(new ReadOnlySpan<byte>(matrix + ((length - size) / 2), size));
        hash.AppendData(new ReadOnlySpan<byte>(matrix + length - size, size));
        return BitConverter.ToUInt64(hash.GetHashAndReset());
    }
}
