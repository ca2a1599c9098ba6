using System.IO.Compression;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Limits and compression of all gRPC services of a server.</summary>
public sealed class GrpcServiceOptions
{
    /// <summary>The largest message accepted, in bytes, before and after decompression; null for no limit. 4 MiB unless set.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest message sent, in bytes before compression; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary><c>gzip</c> to compress responses to clients that accept it; null for none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    public CompressionLevel ResponseCompressionLevel { get; set; } = CompressionLevel.Fastest;

    internal void Validate()
    {
        ValidateSize(nameof(MaxReceiveMessageSize), MaxReceiveMessageSize);
        ValidateSize(nameof(MaxSendMessageSize), MaxSendMessageSize);
        if (ResponseCompressionAlgorithm is not (null or GrpcHeaders.Identity or GrpcHeaders.Gzip))
            throw new InvalidOperationException(
                $"{nameof(ResponseCompressionAlgorithm)} is '{ResponseCompressionAlgorithm}'; it must be '{GrpcHeaders.Gzip}' or null.");
    }

    private static void ValidateSize(string name, int? size)
    {
        if (size <= 0) throw new InvalidOperationException($"{name} is {size}; it must be positive, or null for no limit.");
    }
}
