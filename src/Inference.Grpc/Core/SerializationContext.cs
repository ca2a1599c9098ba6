using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller puts the bytes of one message.</summary>
public abstract class SerializationContext
{
    /// <summary>Ends the message with these bytes as its whole payload.</summary>
    public abstract void Complete(byte[] payload);

    /// <summary>The buffer to write the payload into; end with <see cref="Complete()"/>.</summary>
    public abstract IBufferWriter<byte> GetBufferWriter();

    /// <summary>Declares the length before the first byte, so that it can go straight to the connection.</summary>
    public abstract void SetPayloadLength(int payloadLength);

    public abstract void Complete();
}
