namespace Inference.Engine;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model produced one of the stop tokens.</summary>
    StopToken,

    /// <summary>A stop string appeared in the text.</summary>
    StopSequence,

    /// <summary>The requested number of tokens was produced.</summary>
    MaxTokens,

    /// <summary>The model's context is full.</summary>
    ContextFull,

    /// <summary><see cref="GenerationRequest.Until"/> said so.</summary>
    Until,

    /// <summary>The client cancelled or its deadline passed.</summary>
    Cancelled,

    /// <summary>The client left the stream unread for too long.</summary>
    SlowReader,

    /// <summary>The request could not go on; see <see cref="GenerationResult.Failure"/>.</summary>
    Failed,
}
