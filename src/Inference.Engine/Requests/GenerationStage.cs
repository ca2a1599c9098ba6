namespace Inference.Engine;

/// <summary>How far a request has come.</summary>
public enum GenerationStage
{
    /// <summary>Waiting for a place in the batch.</summary>
    Queued,

    /// <summary>Its images are being encoded.</summary>
    Encoding,

    /// <summary>Its prompt is being read.</summary>
    Prefill,

    /// <summary>It produces tokens.</summary>
    Decode,

    /// <summary>It has ended.</summary>
    Completed,
}
