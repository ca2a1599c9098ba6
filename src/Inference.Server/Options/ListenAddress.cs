using System.Net;

namespace Inference.Server;

/// <summary>The addresses that <see cref="ServerOptions.Host"/> may name.</summary>
internal static class ListenAddress
{
    /// <summary>Null for anything else.</summary>
    public static IPAddress? Parse(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.IPv6Any,
        _ => IPAddress.TryParse(host, out var address) ? address : null,
    };
}
