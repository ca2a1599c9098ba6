using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Makes an endpoint of each method that a generated <c>BindService</c> adds.</summary>
internal sealed class EndpointServiceBinder(IEndpointRouteBuilder endpoints, GrpcServiceOptions options, ILoggerFactory loggers)
    : ServiceBinderBase
{
    private readonly List<IEndpointConventionBuilder> _mapped = [];

    public IEndpointConventionBuilder Conventions => new EndpointConventions(_mapped);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Map(method, handler, async call =>
        {
            var request = await call.ReadRequestAsync(method.RequestMarshaller).ConfigureAwait(false);
            call.WriteResponse(method.ResponseMarshaller, await handler!(request, call).ConfigureAwait(false));
        });

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, handler, async call =>
        {
            var requests = new RequestStreamReader<TRequest>(call, method.RequestMarshaller);
            call.WriteResponse(method.ResponseMarshaller, await handler!(requests, call).ConfigureAwait(false));
        });

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, handler, async call =>
        {
            var request = await call.ReadRequestAsync(method.RequestMarshaller).ConfigureAwait(false);
            await handler!(request, new ResponseStreamWriter<TResponse>(call, method.ResponseMarshaller), call).ConfigureAwait(false);
        });

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, handler, call => handler!(
            new RequestStreamReader<TRequest>(call, method.RequestMarshaller),
            new ResponseStreamWriter<TResponse>(call, method.ResponseMarshaller),
            call));

    private void Map(IMethod method, Delegate? handler, Func<ServerCall, Task> invoke)
    {
        if (handler is null) throw new InvalidOperationException($"{method.FullName} was bound without a service instance.");
        var pipeline = new CallHandler(method, options, loggers.CreateLogger(method.ServiceName), invoke);
        var endpoint = endpoints.MapPost(method.FullName, pipeline.HandleAsync);
        _mapped.Add(endpoint.WithDisplayName($"gRPC {method.FullName}").WithMetadata(method));
    }

    private sealed class EndpointConventions(IReadOnlyList<IEndpointConventionBuilder> endpoints) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
            foreach (var endpoint in endpoints)
                endpoint.Add(convention);
        }

        public void Finally(Action<EndpointBuilder> finalConvention)
        {
            foreach (var endpoint in endpoints)
                endpoint.Finally(finalConvention);
        }
    }
}
