namespace Grpc.Net.Client;

/// <summary>Limits and transport of a channel.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>The largest message accepted, in bytes, before and after decompression; null for no limit. 4 MiB unless set.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest message sent, in bytes before compression; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The transport, which stays the caller's to dispose; null for one of the channel's own.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }
}
