using Inference.Cli.Pictures;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Guard;
using Inference.Grounding.Verification;

namespace Inference.Cli.Assistants;

/// <summary>A finished answer, wherever it was made.</summary>
internal sealed record Answer
{
    /// <summary>The whole text.</summary>
    public required string Text { get; init; }

    /// <summary>Its tokens, a final stop token included; empty where the source does not report them.</summary>
    public required IReadOnlyList<AnswerToken> Tokens { get; init; }

    /// <summary>Why it ended, in the words of <see cref="FinishReasons"/>.</summary>
    public required string FinishReason { get; init; }

    /// <summary>The stop string that ended it, or null.</summary>
    public string? StopString { get; init; }

    /// <summary>What it took.</summary>
    public required AnswerUsage Usage { get; init; }

    /// <summary>Where the time went.</summary>
    public required AnswerTimings Timings { get; init; }

    /// <summary>The candidates that the text was chosen from, or null.</summary>
    public AnswerCandidates? Candidates { get; init; }

    /// <summary>What probes say of it, or null.</summary>
    public AnswerProbes? Probes { get; init; }

    /// <summary>What became of its claims; null where none were to be checked.</summary>
    public IReadOnlyList<ClaimVerdict>? Claims { get; init; }

    /// <summary>What a guard did; null without one.</summary>
    public GuardReport? Guard { get; init; }

    /// <summary>The seed that was in effect.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Name of the model that answered.</summary>
    public required string Model { get; init; }

    /// <summary>The images and what remained of them, where the question asked to show it.</summary>
    public IReadOnlyList<PatchPanels> Panels { get; init; } = [];
}

/// <summary>A generated token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Logprob">Its log-probability, or null when not asked for.</param>
/// <param name="Top">The best tokens at its step; empty when not asked for.</param>
internal readonly record struct AnswerToken(int Id, float? Logprob, IReadOnlyList<TokenLogprob> Top);

/// <summary>Tokens of an answer.</summary>
internal readonly record struct AnswerUsage(int PromptTokens, int ImageTokens, int CompletionTokens)
{
    /// <summary>Tokens drawn on the way, those of candidates and listener included.</summary>
    public int SampledTokens { get; init; } = CompletionTokens;

    /// <summary>Rows of the prompt that a cache held.</summary>
    public int CachedTokens { get; init; }

    /// <summary>What was dropped inside the decoder, or null.</summary>
    public PruningUsage? Pruning { get; init; }

    /// <summary>What guessing tokens came to, or null.</summary>
    public SpeculationUsage? Speculation { get; init; }
}

/// <summary>Time in each stage.</summary>
internal readonly record struct AnswerTimings(TimeSpan Queue, TimeSpan Encode, TimeSpan Prefill, TimeSpan Decode)
{
    /// <summary>From submission to the last token.</summary>
    public TimeSpan Total => Queue + Encode + Prefill + Decode;
}
