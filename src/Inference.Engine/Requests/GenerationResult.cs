namespace Inference.Engine;

/// <summary>How a generation ended and what it cost.</summary>
/// <param name="Reason">Why it ended.</param>
/// <param name="StopString">The stop string that ended it, if one did.</param>
/// <param name="Usage">Tokens.</param>
/// <param name="Timings">Time in each stage.</param>
/// <param name="Failure">
/// What went wrong, for the log; never for the client. Null unless the reason is <see cref="FinishReason.Failed"/>.
/// </param>
public sealed record GenerationResult(
    FinishReason Reason, string? StopString, GenerationUsage Usage, GenerationTimings Timings, Exception? Failure = null)
{
    /// <summary>The stage the request was in when it ended.</summary>
    public GenerationStage Stage { get; init; } = GenerationStage.Completed;

    /// <summary>Text that no event carried: it was held back when the request was ended from outside.</summary>
    public string HeldText { get; init; } = "";
}

/// <summary>Tokens of a request.</summary>
/// <param name="PromptTokens">Rows of the prompt, image rows included.</param>
/// <param name="ImageTokens">Rows of the prompt that stand for images.</param>
/// <param name="CompletionTokens">Tokens generated, a final stop token included; those of a continuation are not.</param>
public readonly record struct GenerationUsage(int PromptTokens, int ImageTokens, int CompletionTokens)
{
    /// <summary>Tokens drawn on the way to these, tokens of rejected alternatives included.</summary>
    public int SampledTokens { get; init; } = CompletionTokens;

    /// <summary>Rows of the prompt that were not computed because the KV cache held them when the request began.</summary>
    public int CachedTokens { get; init; }

    /// <summary>What was dropped inside the decoder; null for requests without a plan or without images.</summary>
    public PruningUsage? Pruning { get; init; }

    /// <summary>What guessing tokens came to; null for requests without.</summary>
    public SpeculationUsage? Speculation { get; init; }
}

/// <summary>Time a request spent in each stage of the engine.</summary>
/// <param name="Queue">Submission to admission.</param>
/// <param name="Encode">Admission to the last image encoded; zero without images or when they were encoded already.</param>
/// <param name="Prefill">From there to the first token.</param>
/// <param name="Decode">First token to last.</param>
public readonly record struct GenerationTimings(TimeSpan Queue, TimeSpan Encode, TimeSpan Prefill, TimeSpan Decode);
