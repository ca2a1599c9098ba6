using System.Net;

namespace Inference.Server;

/// <summary>The addresses that <see cref="ServerOptions.Host"/> may name.</summary>
internal static class ListenAddress
{
    public static bool TryParse(string host, out IPAddress address)
    {
        address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.IPv6Any,
            _ => IPAddress.TryParse(host, out var parsed) ? parsed : IPAddress.None,
        };
        return !address.Equals(IPAddress.None);
    }
}
