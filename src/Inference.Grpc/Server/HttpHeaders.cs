using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server;

/// <summary>Metadata and status in ASP.NET Core's headers.</summary>
internal static class HttpHeaders
{
    public static Metadata ToMetadata(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                MetadataEncoding.Add(metadata, name, value ?? string.Empty);
        }
        return metadata;
    }

    public static void Append(IHeaderDictionary headers, Metadata.Entry entry)
    {
        // The protocol's own headers are written by the protocol alone.
        if (MetadataEncoding.IsReserved(entry.Key)) return;
        headers[entry.Key] = StringValues.Concat(headers[entry.Key], MetadataEncoding.Encode(entry));
    }

    public static bool AcceptsGzip(IHeaderDictionary headers)
    {
        foreach (var value in headers[GrpcHeaders.AcceptEncoding])
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[part].Trim().Equals(GrpcHeaders.Gzip, StringComparison.OrdinalIgnoreCase)) return true;
            }
        }
        return false;
    }

    public static void WriteStatus(HttpResponse response, Status status, Metadata? trailers, bool asTrailers)
    {
        var destination = asTrailers
            ? response.HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : response.Headers;
        foreach (var trailer in trailers ?? Metadata.Empty)
            Append(destination, trailer);
        destination[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail)) destination[GrpcHeaders.Message] = PercentEncoding.Encode(status.Detail);
    }
}
