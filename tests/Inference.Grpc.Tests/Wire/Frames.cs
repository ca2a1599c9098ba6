using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Wire;
using Inference.Grpc.Tests.Protos;

namespace Inference.Grpc.Tests.Wire;

/// <summary>Frames written by hand, and what the reader makes of them.</summary>
internal static class Frames
{
    public static byte[] Frame(IMessage message, bool gzip = false) => Frame(message.ToByteArray(), gzip);

    public static byte[] Frame(byte[] payload, bool gzip = false)
    {
        if (gzip) payload = Gzip(payload);
        var frame = new byte[MessageReader.HeaderSize + payload.Length];
        frame[0] = gzip ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)payload.Length);
        payload.CopyTo(frame.AsSpan(MessageReader.HeaderSize));
        return frame;
    }

    public static byte[] Gzip(byte[] payload)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(payload);
        return buffer.ToArray();
    }

    public static EchoRequest Parse(DeserializationContext context) => EchoRequest.Parser.ParseFrom(context.PayloadAsReadOnlySequence());

    /// <summary>Reads all messages of a stream that arrives in chunks of that size.</summary>
    public static async Task<List<EchoRequest>> ReadAllAsync(
        byte[] bytes, int? maxSize = null, string? encoding = "gzip", int chunk = int.MaxValue)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var feeding = FeedAsync(pipe.Writer, bytes, chunk);
        var messages = new List<EchoRequest>();
        using var reader = new MessageReader(pipe.Reader, maxSize, encoding);
        while (await reader.ReadAsync(Parse, CancellationToken.None) is { } message)
            messages.Add(message);
        await feeding;
        return messages;
    }

    private static async Task FeedAsync(PipeWriter writer, byte[] bytes, int chunk)
    {
        for (var at = 0; at < bytes.Length; at += Math.Min(chunk, bytes.Length - at))
            await writer.WriteAsync(bytes.AsMemory(at, Math.Min(chunk, bytes.Length - at)));
        await writer.CompleteAsync();
    }
}
