using System.Security.Cryptography.X509Certificates;
using Glassbox.V1;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Inference.Server.Images;
using Inference.Server.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Inference.Server.Hosting;

/// <summary>Builds the web application: Kestrel with HTTP/2 on one address, and the services.</summary>
internal static class WebHost
{
    public static WebApplication Build(
        ServerOptions options, ServerState state, HealthServiceState health, ImageWork work, Action<ILoggingBuilder>? configureLogging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        configureLogging?.Invoke(builder.Logging);
        builder.Services.AddRoutingCore();
        // The process decides what its signals do; the host would swallow them.
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = options.Limits.MaxMessageBytes);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        if (options.Tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var app = builder.Build();
        var logger = app.Services.GetRequiredService<ILogger<VisionLanguageEndpoint>>();
        app.MapGrpcService(VisionLanguageService.BindService, new VisionLanguageEndpoint(state, options, work, logger));
        app.MapGrpcHealthService(health);
        if (options.Reflection)
        {
            app.MapGrpcReflectionService(VisionLanguageService.Descriptor, Health.Descriptor);
        }

        return app;
    }

    private sealed class NoHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        // The cap of a message is checked on its length prefix; a stream of chunks may be longer than any of them.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = Math.Max(100, options.Limits.MaxCalls);
        kestrel.Listen(ListenAddress.Parse(options.Host)!, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (options.Tls is { } tls)
            {
                listen.UseHttps(X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile));
            }
        });
    }
}
