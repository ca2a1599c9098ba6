using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to endpoints.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a service by its generated <c>BindService</c>: <c>app.MapGrpcService&lt;MyService&gt;(EchoService.BindService)</c>.
    /// One instance, from the container or made with its dependencies, serves all calls.
    /// </summary>
    public static IEndpointConventionBuilder MapGrpcService<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        this IEndpointRouteBuilder endpoints, Action<ServiceBinderBase, TService> bindService)
        where TService : class
    {
        var service = endpoints.ServiceProvider.GetService<TService>()
            ?? ActivatorUtilities.CreateInstance<TService>(endpoints.ServiceProvider);
        return endpoints.MapGrpcService(bindService, service);
    }

    /// <summary>Maps an instance of a service by its generated <c>BindService</c>.</summary>
    /// <exception cref="InvalidOperationException">AddGrpc was not called, or its options are out of range.</exception>
    public static IEndpointConventionBuilder MapGrpcService<TService>(
        this IEndpointRouteBuilder endpoints, Action<ServiceBinderBase, TService> bindService, TService service)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(bindService);
        ArgumentNullException.ThrowIfNull(service);
        return endpoints.MapGrpcMethods(binder => bindService(binder, service));
    }

    internal static IEndpointConventionBuilder MapGrpcMethods(this IEndpointRouteBuilder endpoints, Action<ServiceBinderBase> bind)
    {
        var provider = endpoints.ServiceProvider;
        var fallback = provider.GetService<UnknownMethodFallback>()
            ?? throw new InvalidOperationException("Call services.AddGrpc() before mapping gRPC services.");
        var options = provider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        options.Validate();
        fallback.MapOnce(endpoints);

        var binder = new EndpointServiceBinder(endpoints, options, provider.GetRequiredService<ILoggerFactory>());
        bind(binder);
        return binder.Conventions;
    }
}
