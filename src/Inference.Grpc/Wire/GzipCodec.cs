using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Gzip of single messages, with a bound on what a compressed message may grow to.</summary>
internal static class GzipCodec
{
    private const int ChunkSize = 16 * 1024;
    private const int TrailerSize = 8;

    public static void Compress(ReadOnlyMemory<byte> payload, IBufferWriter<byte> destination, CompressionLevel level)
    {
        using var gzip = new GZipStream(new BufferWriterStream(destination), level);
        gzip.Write(payload.Span);
    }

    /// <exception cref="RpcException">RESOURCE_EXHAUSTED above <paramref name="maxSize"/>, INTERNAL for data that is no gzip.</exception>
    public static void Decompress(ReadOnlySequence<byte> compressed, PooledBufferWriter destination, int maxSize)
    {
        try
        {
            using var gzip = new GZipStream(new SequenceStream(compressed), CompressionMode.Decompress);
            while (true)
            {
                // One byte beyond the cap is enough to know that it is exceeded.
                var room = Math.Min(ChunkSize, (long)maxSize + 1 - destination.Written.Length);
                var read = gzip.Read(destination.GetSpan((int)room)[..(int)room]);
                if (read == 0) break;
                destination.Advance(read);
                if (destination.Written.Length > maxSize) throw FrameErrors.DecompressedTooLarge(maxSize);
            }
        }
        catch (InvalidDataException)
        {
            throw FrameErrors.BadGzip();
        }
        if (!EndsWithLength(compressed, destination.Written.Length)) throw FrameErrors.BadGzip();
    }

    // GZipStream ends quietly where the data is cut off; the stored length tells.
    private static bool EndsWithLength(ReadOnlySequence<byte> compressed, int length)
    {
        if (compressed.Length < TrailerSize) return false;
        Span<byte> stored = stackalloc byte[sizeof(uint)];
        compressed.Slice(compressed.Length - sizeof(uint)).CopyTo(stored);
        return BinaryPrimitives.ReadUInt32LittleEndian(stored) == (uint)length;
    }
}
