using Grpc.Core;

namespace Grpc.Wire;

/// <summary>What can be wrong with a frame, each with the status that gRPC defines for it.</summary>
internal static class FrameErrors
{
    public static RpcException TooLarge(uint length, int maxSize) =>
        Error(StatusCode.ResourceExhausted, $"Received message of {length} bytes exceeds the limit of {maxSize} bytes.");

    public static RpcException DecompressedTooLarge(int maxSize) =>
        Error(StatusCode.ResourceExhausted, $"Received message exceeds the limit of {maxSize} bytes after decompression.");

    public static RpcException SendTooLarge(long length, int maxSize) =>
        Error(StatusCode.ResourceExhausted, $"Message of {length} bytes to send exceeds the limit of {maxSize} bytes.");

    public static RpcException BadFlag(byte flag) =>
        Error(StatusCode.Internal, $"The compressed flag of a frame is {flag}; it must be 0 or 1.");

    public static RpcException NoEncoding() =>
        Error(StatusCode.Internal, "A message is flagged as compressed, but the call names no grpc-encoding.");

    public static RpcException UnknownEncoding(string encoding) =>
        Error(StatusCode.Unimplemented, $"The grpc-encoding '{encoding}' is not supported; use one of {GrpcHeaders.AcceptedEncodings}.");

    public static RpcException BadGzip() => Error(StatusCode.Internal, "A message flagged as gzip could not be decompressed.");

    public static RpcException Truncated() => Error(StatusCode.Internal, "The stream ended within a message.");

    public static RpcException BadMessage(string type) => Error(StatusCode.Internal, $"A received message could not be parsed as {type}.");

    public static RpcException NoMessage() =>
        Error(StatusCode.Unimplemented, "The call has no message where the method takes exactly one.");

    public static RpcException ManyMessages() =>
        Error(StatusCode.Unimplemented, "The call has several messages where the method takes exactly one.");

    private static RpcException Error(StatusCode code, string message) => new(new Status(code, message));
}
