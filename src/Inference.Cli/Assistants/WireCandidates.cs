using Glassbox.V1;
using Inference.Grounding.Guard;
using CandidateRanking = Inference.Grounding.CycleConsistency.CandidateRanking;

namespace Inference.Cli.Assistants;

/// <summary>Candidates to and from messages of glassbox.v1.</summary>
internal static class WireCandidates
{
    public static CandidateOptions Options(CandidateQuestion wanted) => new()
    {
        Sources =
        {
            wanted.Sources.Select(source => new CandidateSource
            {
                Strategy = Wire.Strategy(source.Strategy),
                Sampling = source.Sampling is { } sampling ? Wire.Sampling(sampling) : null,
            }),
        },
        Samples = (uint)wanted.Samples,
        Layers = { wanted.Layers.Select(layer => (uint)layer) },
        Listener = wanted.Listener,
        Ranking = wanted.Ranking switch
        {
            CandidateRanking.IouShareConfidence => Glassbox.V1.CandidateRanking.IouShareConfidence,
            CandidateRanking.IouShareLikelihood => Glassbox.V1.CandidateRanking.IouShareLikelihood,
            _ => Glassbox.V1.CandidateRanking.Iou,
        },
    };

    /// <summary>What a region reports; null where it had no candidates.</summary>
    public static AnswerCandidates? Candidates(RegionCompleted region, IEnumerable<Candidate> candidates) =>
        region.HasCandidate ? new AnswerCandidates([.. candidates.Select(Candidate)], (int)region.Candidate) : null;

    /// <summary>What a guard did to a candidate; null without one.</summary>
    public static GuardReport? Guard(Candidate candidate) => GuardWire.Report(candidate.Guarded, candidate.Guard);

    private static AnswerCandidate Candidate(Candidate candidate) => new()
    {
        Text = candidate.Text,
        CompletionTokens = (int)candidate.CompletionTokens,
        Located = candidate.Located is { } found ? new Grounding.LocatedBox(Wire.Box(found.Box), found.Confidence) : null,
        Iou = candidate.Iou,
        Score = candidate.Score,
        Strategy = candidate.Source?.Strategy?.Name,
        Settings = candidate.Source?.Strategy?.Settings,
        Temperature = candidate.Source?.Sampling?.Temperature ?? 0,
        Seed = candidate.Source?.Sampling?.Seed ?? 0,
    };
}
