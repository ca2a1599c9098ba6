using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Grpc.AspNetCore.Server;

/// <summary>Answers gRPC calls to methods that are not there with UNIMPLEMENTED, where HTTP would say 404.</summary>
internal sealed class UnknownMethodFallback
{
    private int _mapped;

    public void MapOnce(IEndpointRouteBuilder endpoints)
    {
        if (Interlocked.Exchange(ref _mapped, 1) == 1) return;
        var policies = new RouteValueDictionary { ["method"] = new GrpcRequestConstraint() };
        var pattern = RoutePatternFactory.Parse("{service}/{method}", defaults: null, policies);
        endpoints.Map(pattern, Answer).WithMetadata(new HttpMethodMetadata([HttpMethods.Post])).WithDisplayName("gRPC unknown method");
    }

    private static Task Answer(HttpContext http)
    {
        if (!RequestValidation.Accept(http)) return Task.CompletedTask;
        http.Response.ContentType = GrpcHeaders.ContentType;
        var status = new Status(StatusCode.Unimplemented, "The server has no such service or method.");
        HttpHeaders.WriteStatus(http.Response, status, trailers: null, asTrailers: false);
        return Task.CompletedTask;
    }

    private sealed class GrpcRequestConstraint : IRouteConstraint
    {
        public bool Match(
            HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && GrpcHeaders.IsGrpcContentType(httpContext.Request.ContentType);
    }
}
