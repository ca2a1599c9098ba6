namespace Inference.Server;

/// <summary>How much work on image files runs beside the step loop, and how many bytes it may hold.</summary>
public sealed record ImageWorkOptions
{
    /// <summary>Images decoded at once.</summary>
    public int Workers { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Bytes of pixels and uploads in work at once. A request that needs more alone runs alone.</summary>
    public long BytesInFlight { get; init; } = 512L << 20;

    /// <summary>Bytes of encoded files kept for requests that name them by digest.</summary>
    public long StoreBytes { get; init; } = 256L << 20;
}
