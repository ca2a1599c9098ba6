namespace Inference.Server;

/// <summary>Where and how a server listens, and what it allows. <see cref="ServerOptionsValidator"/> checks it.</summary>
public sealed record ServerOptions
{
    /// <summary>
    /// Address to listen on: an IP address, <c>localhost</c>, or <c>*</c> for all. The default is reachable from this machine only.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port; 0 takes a free one (<see cref="GlassboxServer.Port"/>).</summary>
    public int Port { get; init; }

    /// <summary>Certificate and key; null serves HTTP/2 without TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Caps of requests.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>Work on images before the engine sees them.</summary>
    public ImageWorkOptions Images { get; init; } = new();

    /// <summary>How long a client may leave a written event unread before its call is cut off.</summary>
    public TimeSpan SlowReaderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long running calls may go on after <see cref="GlassboxServer.StopAsync"/>; what is left is cancelled then.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What a refused client is told to wait before it tries again.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Offers the reflection service, so that tools can list methods and messages.</summary>
    public bool Reflection { get; init; } = true;
}
