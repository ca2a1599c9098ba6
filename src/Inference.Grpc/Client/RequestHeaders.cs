using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Writes the headers of a request.</summary>
internal static class RequestHeaders
{
    private static readonly ProductInfoHeaderValue UserAgent = new("grpc-glassbox", "1.0");
    private static readonly TransferCodingWithQualityHeaderValue Trailers = new("trailers");
    private static readonly MediaTypeHeaderValue ContentType = new(GrpcHeaders.ContentType);

    /// <summary>The compression that the metadata asks for, or null.</summary>
    /// <exception cref="ArgumentException">It asks for one that is not there.</exception>
    public static CompressionLevel? Compression(Metadata? headers) => headers?.GetValue(Metadata.CompressionRequestKey) switch
    {
        null or GrpcHeaders.Identity => null,
        GrpcHeaders.Gzip => CompressionLevel.Fastest,
        var other => throw new ArgumentException(
            $"Requests cannot be compressed with '{other}'; use '{GrpcHeaders.Gzip}'.", nameof(headers)),
    };

    public static HttpRequestMessage CreateRequest(
        Uri uri, string? host, CallOptions options, CompressionLevel? compression, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = ContentType;
        request.Headers.Host = host;
        request.Headers.TE.Add(Trailers);
        request.Headers.UserAgent.Add(UserAgent);
        request.Headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.AcceptedEncodings);
        if (compression is not null) request.Headers.TryAddWithoutValidation(GrpcHeaders.Encoding, GrpcHeaders.Gzip);
        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            var timeout = TimeoutEncoding.Encode(deadline.ToUniversalTime() - DateTime.UtcNow);
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, timeout);
        }
        foreach (var entry in options.Headers ?? Metadata.Empty)
        {
            if (entry.Key != Metadata.CompressionRequestKey && !MetadataEncoding.IsReserved(entry.Key))
                request.Headers.TryAddWithoutValidation(entry.Key, MetadataEncoding.Encode(entry));
        }
        return request;
    }
}
