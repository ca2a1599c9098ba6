using System.Buffers.Binary;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;

namespace Inference.Server.Tests.Support;

/// <summary>Calls below the client, which would end a call by itself before the server's answer comes.</summary>
internal static class RawCall
{
    public const string Generate = "/glassbox.v1.VisionLanguageService/Generate";

    /// <summary>
    /// The status that the server itself ends a call with whose deadline passes; <paramref name="timeout"/> as in grpc-timeout.
    /// </summary>
    public static async Task<RpcException> DeadlineAsync(TestServer server, IMessage request, string timeout)
    {
        using var response = await SendAsync(server, Generate, Frame(request), timeout);
        await response.Content.CopyToAsync(Stream.Null);
        return Read(response);
    }

    public static async Task<HttpResponseMessage> SendAsync(TestServer server, string path, byte[] frames, string? timeout = null)
    {
        using var handler = new SocketsHttpHandler();
        using var http = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Server.Address, path))
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frames) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (timeout is not null)
            request.Headers.Add("grpc-timeout", timeout);
        var response = await http.SendAsync(request, CancellationToken.None);
        await response.Content.LoadIntoBufferAsync();
        return response;
    }

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] payload)
    {
        var frame = new byte[payload.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>The status of a response, from its trailers or, without a message, its headers.</summary>
    public static RpcException Read(HttpResponseMessage response)
    {
        var code = (StatusCode)int.Parse(Value(response, "grpc-status") ?? "-1", System.Globalization.CultureInfo.InvariantCulture);
        var trailers = new Metadata();
        if (Value(response, "grpc-status-details-bin") is { } details)
            trailers.Add("grpc-status-details-bin", Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        return new RpcException(new Grpc.Core.Status(code, Uri.UnescapeDataString(Value(response, "grpc-message") ?? "")), trailers);
    }

    private static string? Value(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailers) ? trailers.First()
        : response.Headers.TryGetValues(name, out var headers) ? headers.First()
        : null;
}
