using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Glassbox.V1;
using Grpc.Net.Client;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Hosting;

public sealed class TlsTests
{
    [Fact]
    public async Task A_server_with_a_certificate_answers_over_TLS_with_it()
    {
        var folder = Directory.CreateTempSubdirectory("glassbox-tls");
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=glassbox", key, HashAlgorithmName.SHA256)
                .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            var tls = new TlsOptions(Path.Combine(folder.FullName, "certificate.pem"), Path.Combine(folder.FullName, "key.pem"));
            await File.WriteAllTextAsync(tls.CertificateFile, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(tls.KeyFile, key.ExportPkcs8PrivateKeyPem());

            await using var server = await TestServer.StartAsync(new ServerOptions { Tls = tls });
            Assert.Equal("https", server.Server.Address.Scheme);
            using var handler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, found, _, _) => found?.GetCertHashString() == certificate.GetCertHashString(),
                },
            };
            using var channel = GrpcChannel.ForAddress(server.Server.Address, new GrpcChannelOptions { HttpHandler = handler });
            var client = new VisionLanguageService.VisionLanguageServiceClient(channel);
            Assert.StartsWith("there are", (await client.Complete(Ask.Generate())).Text, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
