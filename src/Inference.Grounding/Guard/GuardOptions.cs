using Inference.Grounding.Probes;
using Inference.Grounding.Segments;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Guard;

/// <summary>What happens to a sentence whose score is over the threshold.</summary>
public enum GuardAction
{
    /// <summary>It is marked; the text stays as it is.</summary>
    Annotate,

    /// <summary>Its claims are checked by the model and reported besides; the text stays as it is.</summary>
    Verify,

    /// <summary>The answer ends in front of it.</summary>
    Abstain,

    /// <summary>It is taken back and sampled again.</summary>
    Resample,
}

/// <summary>Which alternative replaces a rejected sentence.</summary>
public enum GuardAcceptance
{
    /// <summary>The first that is clean.</summary>
    FirstClean,

    /// <summary>The clean one with the lowest score.</summary>
    Best,
}

/// <summary>When text is sent.</summary>
public enum GuardStreaming
{
    /// <summary>When its sentence is accepted: nothing is ever taken back.</summary>
    Sentence,

    /// <summary>At once; a rejected sentence is taken back.</summary>
    Eager,
}

/// <summary>A sentence guard: sentences are scored as they are finished, and something is done about those over a threshold.</summary>
public sealed record GuardOptions
{
    /// <summary>Scores sentences; null scores them by their claims (<see cref="Verification"/>).</summary>
    public ProbeChoice? Probe { get; init; }

    /// <summary>Scores sentences in a way of the caller's own; null goes by the probe or the claims.</summary>
    public ISegmentJudge? Judge { get; init; }

    /// <summary>How claims are checked, where they are.</summary>
    public VerificationOptions Verification { get; init; } = new();

    /// <summary>
    /// A sentence is rejected when its score, 0 to 1, is above it; null goes by the thresholds of the probe or of the claims.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>The threshold that counts.</summary>
    public double Limit => Threshold ?? (Probe is { } probe ? ProbeJudge.Limit(probe, Unit) : 1 - Verification.Threshold);

    /// <summary>What happens then.</summary>
    public GuardAction Action { get; init; }

    /// <summary>Pieces that are scored.</summary>
    public SegmentUnit Unit { get; init; }

    /// <summary>When text is sent.</summary>
    public GuardStreaming Streaming { get; init; }

    /// <summary>Alternatives sampled at once, 1 to <see cref="MostAlternatives"/>.</summary>
    public int Alternatives { get; init; } = 4;

    /// <summary>Times that alternatives of one sentence are sampled, 1 to <see cref="MostAttempts"/>.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Tokens of alternatives in the whole answer.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>Temperature of alternatives where the request is greedy (SENTINEL's by default); the request's own otherwise.</summary>
    public float Temperature { get; init; } = 0.7f;

    /// <summary>Which alternative is taken.</summary>
    public GuardAcceptance Acceptance { get; init; }

    /// <summary>Largest values.</summary>
    public const int MostAlternatives = 16, MostAttempts = 8;
}
