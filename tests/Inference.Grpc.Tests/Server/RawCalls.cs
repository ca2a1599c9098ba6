using System.Net;
using System.Net.Http.Headers;
using Inference.Grpc.Tests.Support;

namespace Inference.Grpc.Tests.Server;

/// <summary>Calls written header by header, as a client that nobody here wrote might write them.</summary>
internal sealed class RawCalls(TestServer server) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true });

    public async Task<RawResponse> SendAsync(
        string path, byte[] body, Action<HttpRequestMessage>? change = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        change?.Invoke(request);
        using var response = await _http.SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new RawResponse(response.StatusCode, bytes, Values(response.Headers), Values(response.TrailingHeaders));
    }

    public void Dispose() => _http.Dispose();

    private static Dictionary<string, string> Values(HttpResponseHeaders headers) =>
        headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
}

internal sealed record RawResponse(
    HttpStatusCode Code, byte[] Body, Dictionary<string, string> Headers, Dictionary<string, string> Trailers);
