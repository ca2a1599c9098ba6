namespace Inference.Engine;

/// <summary>Why the engine did not take a request.</summary>
public enum AdmissionError
{
    /// <summary>The waiting queue is full; try again later.</summary>
    QueueFull,

    /// <summary>The prompt and its completion do not fit the context.</summary>
    TooLong,

    /// <summary>The request needs more KV memory than the server has in all.</summary>
    KvTooSmall,

    /// <summary>The engine is shutting down.</summary>
    Draining,
}

/// <summary>The engine did not take a request; nothing was queued.</summary>
/// <param name="error">Why.</param>
/// <param name="actual">What was found.</param>
/// <param name="limit">What is allowed.</param>
/// <param name="message">A sentence for the client.</param>
public sealed class AdmissionException(AdmissionError error, long actual, long limit, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public AdmissionError Error { get; } = error;

    /// <summary>What was found.</summary>
    public long Actual { get; } = actual;

    /// <summary>What is allowed.</summary>
    public long Limit { get; } = limit;
}
