using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>
/// HTTP/2 connections to one server, to be shared by all calls. <c>http://</c> speaks HTTP/2 without TLS from the first byte,
/// <c>https://</c> negotiates it in TLS.
/// </summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly HttpMessageInvoker _http;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        Address = address;
        MaxReceiveMessageSize = options.MaxReceiveMessageSize;
        MaxSendMessageSize = options.MaxSendMessageSize;
        _http = options.HttpHandler is { } handler
            ? new HttpMessageInvoker(handler, disposeHandler: false)
            : new HttpMessageInvoker(CreateHandler(), disposeHandler: true);
    }

    internal Uri Address { get; }

    internal int? MaxReceiveMessageSize { get; }

    internal int? MaxSendMessageSize { get; }

    /// <exception cref="ArgumentException">The address is no absolute http or https URI.</exception>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions? channelOptions = null) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? ForAddress(uri, channelOptions)
            : throw BadAddress(address, nameof(address));

    /// <inheritdoc cref="ForAddress(string, GrpcChannelOptions?)"/>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions? channelOptions = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw BadAddress(address.ToString(), nameof(address));
        return new GrpcChannel(address, channelOptions ?? new GrpcChannelOptions());
    }

    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Closes the connections; running calls end.</summary>
    public void Dispose() => _http.Dispose();

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, cancellationToken);

    private static ArgumentException BadAddress(string address, string parameter) =>
        new($"'{address}' is no address; write it as http://host:port or https://host:port.", parameter);

    private static SocketsHttpHandler CreateHandler() => new()
    {
        // More streams than one connection takes open another instead of waiting.
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(60),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    };
}
