using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds gRPC to a server.</summary>
public static class GrpcServiceCollectionExtensions
{
    /// <summary>
    /// Adds what gRPC services need. Kestrel's minimum response rate is switched off: when one client stops reading, it would
    /// cut the whole connection with the streams of all others.
    /// </summary>
    public static IServiceCollection AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions>? configureOptions = null)
    {
        services.AddRouting();
        services.AddOptions<GrpcServiceOptions>();
        if (configureOptions is not null) services.Configure(configureOptions);
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MinResponseDataRate = null);
        services.TryAddSingleton<UnknownMethodFallback>();
        return services;
    }
}
