using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Wire;

namespace Grpc.Core;

/// <summary>google.rpc.Status to and from the trailer <c>grpc-status-details-bin</c>.</summary>
public static class RpcStatusExtensions
{
    /// <summary>An exception that carries the status and its details to the client.</summary>
    public static RpcException ToRpcException(this Google.Rpc.Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var trailers = new Metadata { { GrpcHeaders.StatusDetails, status.ToByteArray() } };
        return new RpcException(new Status((StatusCode)status.Code, status.Message), trailers);
    }

    /// <summary>The status with details that the server sent, or null where it sent none that can be read.</summary>
    public static Google.Rpc.Status? GetRpcStatus(this RpcException exception)
    {
        if (exception.Trailers.GetValueBytes(GrpcHeaders.StatusDetails) is not { } bytes) return null;
        try
        {
            return Google.Rpc.Status.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The first detail of that type, or null.</summary>
    public static T? GetDetail<T>(this Google.Rpc.Status status)
        where T : class, IMessage<T>, new()
    {
        foreach (var detail in status.Details)
        {
            if (detail.TryUnpack<T>(out var message)) return message;
        }
        return null;
    }

    /// <summary>The first detail of that type that the server sent with the error, or null.</summary>
    public static T? GetDetail<T>(this RpcException exception)
        where T : class, IMessage<T>, new() => exception.GetRpcStatus()?.GetDetail<T>();
}
