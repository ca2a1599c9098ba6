using Inference.Engine;
using Inference.Grounding.Guard;

namespace Inference.Grounding.CycleConsistency;

/// <summary>A candidate with what became of it.</summary>
/// <param name="Description">Its text.</param>
/// <param name="Located">Where the listener found it, in pixels of the upright original; null where it wrote no box that can be
/// read.</param>
/// <param name="Evidence">What it is ranked by.</param>
/// <param name="Score">0 to 1.</param>
public sealed record RankedCandidate(Transcript Description, LocatedBox? Located, CandidateEvidence Evidence, double Score)
{
    /// <summary>What the guard did to it; null without one.</summary>
    public GuardReport? Guard { get; init; }
}

/// <summary>The candidates of a region, and which of them is its description.</summary>
/// <param name="Candidates">In the order of the request.</param>
/// <param name="Winner">Index of the highest score; of equal ones the first.</param>
/// <param name="Hearings">The listener's answers, one for every different text.</param>
public sealed record CycleResult(IReadOnlyList<RankedCandidate> Candidates, int Winner, IReadOnlyList<Transcript> Hearings)
{
    private IEnumerable<GenerationResult> Results =>
        Candidates.Select(candidate => candidate.Description).Concat(Hearings).Select(run => run.Result);

    /// <summary>Prompts of all runs; of the generated tokens those of the winner as completion, all as sampled.</summary>
    public GenerationUsage Usage => new(
        Results.Sum(result => result.Usage.PromptTokens),
        Results.Sum(result => result.Usage.ImageTokens),
        Candidates[Winner].Description.Result.Usage.CompletionTokens)
    {
        CachedTokens = Results.Sum(result => result.Usage.CachedTokens),
        SampledTokens = Results.Sum(result => result.Usage.SampledTokens),
        Pruning = PruningUsage.Sum(Candidates.Select(candidate => candidate.Description.Result.Usage.Pruning)),
    };

    /// <summary>
    /// Until the first candidate left the queue, the longest wait for the encoder, and the sums of the rest over runs that stood side
    /// by side.
    /// </summary>
    public GenerationTimings Timings => new(
        Candidates.Min(candidate => candidate.Description.Result.Timings.Queue),
        Results.Max(result => result.Timings.Encode),
        new TimeSpan(Results.Sum(result => result.Timings.Prefill.Ticks)),
        new TimeSpan(Results.Sum(result => result.Timings.Decode.Ticks)));
}
