using Grpc.AspNetCore.Server;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>Where gRPC meets ASP.NET Core.</summary>
public static class ServerCallContextExtensions
{
    /// <exception cref="InvalidOperationException">The call does not come from ASP.NET Core.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext context) =>
        context is ServerCall call ? call.HttpContext : throw new InvalidOperationException("The call does not come from ASP.NET Core.");

    /// <summary>Ends a call in middleware, before it reaches its service, with a status and trailers in place of headers.</summary>
    public static void RejectGrpc(this HttpResponse response, RpcException error)
    {
        response.ContentType = GrpcHeaders.ContentType;
        HttpHeaders.WriteStatus(response, error.Status, error.Trailers, asTrailers: false);
    }
}
