namespace Inference.Server;

/// <summary>Caps of one request and of all requests together, held before memory is spent.</summary>
public sealed record RequestLimits
{
    /// <summary>Bytes of one message, checked on its length prefix. Larger images go through UploadImage.</summary>
    public int MaxMessageBytes { get; init; } = 16 << 20;

    /// <summary>Calls that are inside at once, those that only wait included.</summary>
    public int MaxCalls { get; init; } = 1024;

    /// <summary>Turns of a conversation.</summary>
    public int MaxMessages { get; init; } = 256;

    /// <summary>Images of a conversation.</summary>
    public int MaxImages { get; init; } = 16;

    /// <summary>UTF-8 bytes of all texts of a conversation.</summary>
    public int MaxTextBytes { get; init; } = 1 << 20;

    /// <summary>Regions of one DescribeRegions call.</summary>
    public int MaxRegions { get; init; } = 64;

    /// <summary>Candidates of one region.</summary>
    public int MaxCandidates { get; init; } = 16;

    /// <summary>
    /// Candidates of all regions of one call. Each stands in the queue, and so do the questions to the listener after it.
    /// </summary>
    public int MaxCandidateRuns { get; init; } = 128;
}
