using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// Writes length-prefixed messages into a pipe. A message that declares its length goes straight into the pipe's memory;
/// one that does not, or that is compressed, passes through a pooled buffer.
/// </summary>
internal sealed class MessageWriter(PipeWriter pipe, int? maxSize) : SerializationContext, IDisposable
{
    private readonly PooledBufferWriter _payload = new();
    private readonly PooledBufferWriter _compressed = new();
    private CompressionLevel? _compression;
    private bool _direct;
    private bool _completed;

    /// <summary>A message failed half-way: its frame is incomplete in the pipe, so the stream can only be reset.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Serialises one frame into the pipe; the caller flushes. With a compression level the payload becomes gzip.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the message exceeds the cap. Nothing has been written.</exception>
    public void Write<T>(T message, Action<T, SerializationContext> serializer, CompressionLevel? compression = null)
    {
        _compression = compression;
        _direct = false;
        _completed = false;
        try
        {
            serializer(message, this);
            if (!_completed) throw new InvalidOperationException("The serializer did not complete its message.");
        }
        finally
        {
            IsBroken = _direct && !_completed;
            _payload.Clear();
            _compressed.Clear();
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        CheckSize(payloadLength);
        if (_compression is not null) return;
        WriteHeader(compressed: false, payloadLength);
        _direct = true;
    }

    public override IBufferWriter<byte> GetBufferWriter() => _direct ? pipe : _payload;

    public override void Complete()
    {
        if (!_direct) WriteFrame(_payload.Written);
        _completed = true;
    }

    public override void Complete(byte[] payload)
    {
        WriteFrame(payload);
        _completed = true;
    }

    public void Dispose()
    {
        _payload.Dispose();
        _compressed.Dispose();
    }

    private void WriteFrame(ReadOnlyMemory<byte> payload)
    {
        CheckSize(payload.Length);
        // Nothing compresses to no valid gzip at all.
        var compresses = _compression is not null && payload.Length > 0;
        if (compresses)
        {
            GzipCodec.Compress(payload, _compressed, _compression!.Value);
            payload = _compressed.Written;
        }
        WriteHeader(compresses, payload.Length);
        pipe.Write(payload.Span);
    }

    private void WriteHeader(bool compressed, int length)
    {
        var header = pipe.GetSpan(MessageReader.HeaderSize);
        header[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
        pipe.Advance(MessageReader.HeaderSize);
    }

    private void CheckSize(int length)
    {
        if (length > maxSize) throw FrameErrors.SendTooLarge(length, maxSize.Value);
    }
}
