using System.Buffers;

namespace Grpc.Core;

/// <summary>The bytes of one received message; valid only while the marshaller runs.</summary>
public abstract class DeserializationContext
{
    public abstract int PayloadLength { get; }

    /// <summary>A copy that may be kept.</summary>
    public abstract byte[] PayloadAsNewBuffer();

    /// <summary>The payload where it lies, without a copy.</summary>
    public abstract ReadOnlySequence<byte> PayloadAsReadOnlySequence();
}
