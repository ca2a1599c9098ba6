using Grpc.HealthCheck;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the standard health service.</summary>
public static class HealthEndpointRouteBuilderExtensions
{
    public static IEndpointConventionBuilder MapGrpcHealthService(this IEndpointRouteBuilder endpoints, HealthServiceState state) =>
        endpoints.MapGrpcService(Grpc.Health.V1.Health.BindService, new HealthService(state));
}
