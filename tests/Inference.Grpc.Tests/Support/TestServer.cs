using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.HealthCheck;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Inference.Grpc.Tests.Protos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Inference.Grpc.Tests.Support;

/// <summary>A real Kestrel on a free loopback port with the echo, health and reflection services.</summary>
public sealed class TestServer : IAsyncLifetime
{
    public const int MaxReceiveMessageSize = 8 * 1024 * 1024;

    private readonly WebApplication _app;

    public TestServer()
        : this(tls: false, _ => { }) { }

    internal TestServer(bool tls, Action<GrpcServiceOptions> configure)
    {
        if (tls) Certificate = CreateCertificate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (Certificate is not null) listen.UseHttps(Certificate);
        }));
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxReceiveMessageSize;
            configure(options);
        });
        _app = builder.Build();
        _app.MapGrpcService<EchoServiceImplementation>(EchoService.BindService);
        _app.MapGrpcHealthService(Health);
        _app.MapGrpcReflectionService(EchoService.Descriptor, global::Grpc.Health.V1.Health.Descriptor);
        Health.SetStatus("", HealthCheckResponse.Types.ServingStatus.Serving);
        Health.SetStatus(EchoService.Descriptor.FullName, HealthCheckResponse.Types.ServingStatus.Serving);
    }

    internal X509Certificate2? Certificate { get; }

    internal HealthServiceState Health { get; } = new();

    internal CollectingLoggerProvider Log { get; } = new();

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public Task InitializeAsync() => _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public GrpcChannel CreateChannel(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(Address, options);

    internal EchoService.EchoServiceClient CreateClient(GrpcChannelOptions? options = null) => new(CreateChannel(options));

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
