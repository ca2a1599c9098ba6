using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Metadata as HTTP/2 headers: text as it is, bytes in base64.</summary>
internal static class MetadataEncoding
{
    public static bool IsBinary(string name) => name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal);

    public static string Encode(Metadata.Entry entry) => entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;

    /// <summary>Adds a received header. Names that metadata cannot have and values that are no base64 are dropped.</summary>
    public static void Add(Metadata metadata, string name, string value)
    {
        name = name.ToLowerInvariant();
        if (IsReserved(name) || !Metadata.IsValidKey(name)) return;
        if (!IsBinary(name))
        {
            metadata.Add(name, value);
            return;
        }
        // Several values of one key may arrive joined by commas.
        foreach (var part in value.Split(','))
        {
            if (TryDecodeBase64(part, out var bytes)) metadata.Add(name, bytes);
        }
    }

    public static bool TryDecodeBase64(ReadOnlySpan<char> text, out byte[] bytes)
    {
        text = text.Trim().TrimEnd('=');
        // gRPC allows base64 without padding, .NET does not.
        var padded = new char[(text.Length + 3) / 4 * 4];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill('=');
        var buffer = new byte[padded.Length / 4 * 3];
        var valid = Convert.TryFromBase64Chars(padded, buffer, out var written);
        bytes = valid ? buffer.AsSpan(0, written).ToArray() : [];
        return valid;
    }

    /// <summary>Headers that belong to the protocol or to HTTP, not to the application.</summary>
    public static bool IsReserved(string lowerCaseName) =>
        lowerCaseName.StartsWith(':') || lowerCaseName is "content-type" or "te" or "host" or "content-length" or "transfer-encoding"
            or GrpcHeaders.Status or GrpcHeaders.Message or GrpcHeaders.Timeout or GrpcHeaders.Encoding or GrpcHeaders.AcceptEncoding;
}
