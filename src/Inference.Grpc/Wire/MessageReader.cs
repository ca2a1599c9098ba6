using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// Reads length-prefixed messages from a pipe. The length is held against the cap before the message is buffered, and
/// the marshaller sees the pipe's own memory.
/// </summary>
internal sealed class MessageReader(PipeReader pipe, int? maxSize, string? encoding) : DeserializationContext, IDisposable
{
    public const int HeaderSize = 5;

    private readonly int _maxSize = maxSize ?? int.MaxValue - HeaderSize;
    private readonly PooledBufferWriter _decompressed = new();
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="RpcException">The frame or the message is malformed or too large.</exception>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (result.IsCanceled) throw new OperationCanceledException(cancellationToken);
            if (TryReadFrame(buffer, out var compressed, out var end))
            {
                var message = Deserialize(deserializer, compressed);
                pipe.AdvanceTo(end);
                return message;
            }
            if (result.IsCompleted)
            {
                if (!buffer.IsEmpty) throw FrameErrors.Truncated();
                pipe.AdvanceTo(buffer.End);
                return null;
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The only message of the stream.</summary>
    /// <exception cref="RpcException">There is none, there are several, or it is malformed or too large.</exception>
    public async ValueTask<T> ReadSingleAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        var message = await ReadAsync(deserializer, cancellationToken).ConfigureAwait(false) ?? throw FrameErrors.NoMessage();
        var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
        while (result.Buffer.IsEmpty && !result.IsCompleted)
        {
            pipe.AdvanceTo(result.Buffer.End);
            result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        if (!result.Buffer.IsEmpty) throw FrameErrors.ManyMessages();
        pipe.AdvanceTo(result.Buffer.End);
        return message;
    }

    public void Dispose() => _decompressed.Dispose();

    private bool TryReadFrame(ReadOnlySequence<byte> buffer, out bool compressed, out SequencePosition end)
    {
        compressed = false;
        end = default;
        if (buffer.Length < HeaderSize) return false;

        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (header[0] > 1) throw FrameErrors.BadFlag(header[0]);
        if (length > (uint)_maxSize) throw FrameErrors.TooLarge(length, _maxSize);
        if (buffer.Length < HeaderSize + length) return false;

        compressed = header[0] == 1;
        _payload = buffer.Slice(HeaderSize, length);
        end = _payload.End;
        return true;
    }

    private T Deserialize<T>(Func<DeserializationContext, T> deserializer, bool compressed)
    {
        if (compressed) Decompress();
        try
        {
            return deserializer(this);
        }
        catch (InvalidProtocolBufferException)
        {
            throw FrameErrors.BadMessage(typeof(T).Name);
        }
        finally
        {
            _payload = default;
            _decompressed.Clear();
        }
    }

    private void Decompress()
    {
        switch (encoding)
        {
            // Some writers compress an empty message to nothing.
            case GrpcHeaders.Gzip when _payload.IsEmpty:
                break;
            case GrpcHeaders.Gzip:
                GzipCodec.Decompress(_payload, _decompressed, _maxSize);
                _payload = new ReadOnlySequence<byte>(_decompressed.Written);
                break;
            case null or GrpcHeaders.Identity:
                throw FrameErrors.NoEncoding();
            default:
                throw FrameErrors.UnknownEncoding(encoding);
        }
    }
}
