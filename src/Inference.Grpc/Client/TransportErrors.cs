using System.Net;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Failures of HTTP/2 as gRPC reads them (grpc/doc/PROTOCOL-HTTP2.md, "Errors"; grpc/doc/http-grpc-status-mapping.md).</summary>
internal static class TransportErrors
{
    public static Status ToStatus(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case RpcException rpc:
                    return rpc.Status;
                case HttpProtocolException http2:
                    return new Status(FromHttp2(http2.ErrorCode), $"The stream was reset with HTTP/2 error {http2.ErrorCode}.", exception);
            }
        }
        return exception is HttpRequestException or IOException
            ? new Status(StatusCode.Unavailable, $"The server cannot be reached: {exception.Message}", exception)
            : new Status(StatusCode.Internal, $"The call failed on the client: {exception.Message}", exception);
    }

    /// <summary>What a body stream throws when its call has ended, one way or another.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException;

    public static StatusCode FromHttp(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static StatusCode FromHttp2(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM: nothing was processed
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
