using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Reads headers, status and trailers of a response.</summary>
internal static class ResponseStatus
{
    /// <summary>The outcome where the headers already decide it: trailers-only, or no gRPC response at all; otherwise null.</summary>
    public static Outcome? FromHeaders(HttpResponseMessage response)
    {
        if (response.Headers.Contains(GrpcHeaders.Status)) return Parse(response.Headers);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var code = TransportErrors.FromHttp(response.StatusCode);
            return new Outcome(new Status(code, $"The server answered with HTTP status {(int)response.StatusCode}."), Headers(response));
        }
        return GrpcHeaders.IsGrpcContentType(response.Content.Headers.ContentType?.ToString())
            ? null
            : new Outcome(new Status(StatusCode.Unknown, "The server answered with a content type that is not gRPC's."), Headers(response));
    }

    public static Outcome FromTrailers(HttpResponseMessage response) => Parse(response.TrailingHeaders);

    public static Metadata Headers(HttpResponseMessage response) => ToMetadata(response.Headers);

    private static Outcome Parse(HttpResponseHeaders headers)
    {
        var trailers = ToMetadata(headers);
        if (!headers.TryGetValues(GrpcHeaders.Status, out var values)
            || !int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return new Outcome(new Status(StatusCode.Internal, "The response ended without a grpc-status."), trailers);

        var message = headers.TryGetValues(GrpcHeaders.Message, out var messages) ? PercentEncoding.Decode(messages.First()) : string.Empty;
        var known = code <= (int)StatusCode.Unauthenticated ? (StatusCode)code : StatusCode.Unknown;
        return new Outcome(new Status(known, message), trailers);
    }

    private static Metadata ToMetadata(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
                MetadataEncoding.Add(metadata, name, value);
        }
        return metadata;
    }
}
