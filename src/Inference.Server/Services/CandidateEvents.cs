using Glassbox.V1;
using Inference.Grounding.CycleConsistency;
using Inference.Server.Requests;
using Inference.Server.Responses;
using CandidateSource = Glassbox.V1.CandidateSource;
using FinishReason = Glassbox.V1.FinishReason;
using SamplingParameters = Inference.Decoding.Sampling.SamplingParameters;

namespace Inference.Server.Services;

/// <summary>The events of a region that had candidates: each of them, the text of the winner in one piece, the end.</summary>
internal static class CandidateEvents
{
    /// <param name="region">The region; its candidates are ranked.</param>
    /// <param name="reasons">Why each candidate ended.</param>
    /// <param name="tokens">Tokens as the request wants to see them.</param>
    public static IEnumerable<DescribeRegionsResponse> Of(RunningRegion region, IReadOnlyList<FinishReason> reasons, TokenMessages tokens)
    {
        var candidates = region.Candidates!;
        var result = candidates.Run.Completion.Result;
        for (var i = 0; i < result.Candidates.Count; i++)
        {
            var candidate = CandidateOf(result.Candidates[i], candidates, region.Source.Box.Space);
            (candidate.Index, candidate.FinishReason, candidate.Source) = ((uint)i, reasons[i], SourceOf(candidates.Sampling[i]));
            yield return new DescribeRegionsResponse { Candidate = candidate };
        }

        var winner = result.Candidates[result.Winner];
        var text = new TokenDelta { Text = winner.Description.Text, CompletionTokens = (uint)winner.Description.Tokens.Count };
        if (tokens.Wanted)
        {
            text.Tokens.AddRange(winner.Description.Tokens.Select(tokens.Token));
        }

        yield return new DescribeRegionsResponse { Token = text };
        yield return new DescribeRegionsResponse { RegionCompleted = EndOf(region, winner, result.Winner, reasons[result.Winner], text) };
    }

    private static Candidate CandidateOf(RankedCandidate ranked, RegionCandidates all, CoordinateSpace space)
    {
        var candidate = new Candidate
        {
            Text = ranked.Description.Text,
            CompletionTokens = (uint)ranked.Description.Tokens.Count,
            Iou = ranked.Evidence.Iou,
            Score = ranked.Score,
            Located = ranked.Located is not { } found ? null : new LocatedBox
            {
                Box = Spaces.Write(found.Box, space, all.Width, all.Height),
                Confidence = found.Confidence,
            },
        };
        if (ranked.Guard is { } report)
        {
            candidate.Guarded.AddRange(report.Segments.Select(GuardMessages.Of));
            candidate.Guard = GuardMessages.Usage([report]);
        }

        if (ranked.Evidence.Likelihood is { } likelihood)
        {
            candidate.Likelihood = likelihood;
        }

        return candidate;
    }

    private static CandidateSource SourceOf(SamplingParameters sampling) =>
        new() { Strategy = EffectiveParameters.StrategyOf(sampling), Sampling = EffectiveParameters.SamplingOf(sampling) };

    private static RegionCompleted EndOf(RunningRegion region, RankedCandidate winner, int index, FinishReason reason, TokenDelta text)
    {
        var completed = new RegionCompleted
        {
            Box = region.Source.Box,
            Text = text.Text,
            FinishReason = reason,
            MatchedStopSequence = winner.Description.Result.StopString ?? "",
            Usage = EventMessages.Usage(region.Usage),
            Timings = EventMessages.Timings(region.Timings),
            Candidate = (uint)index,
            Score = winner.Score,
        };
        completed.Tokens.AddRange(text.Tokens);
        completed.Usage.Guard = GuardMessages.Usage([.. region.Guards]);
        completed.Timings.Encode = null;
        return completed;
    }
}
