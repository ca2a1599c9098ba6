using Glassbox.V1;
using Inference.Grounding.Answers;
using Inference.Grounding.Guard;

namespace Inference.Server.Responses;

/// <summary>What a sentence guard does, as clients see it.</summary>
internal static class GuardMessages
{
    public static GuardedSentence Of(SegmentVerdict verdict)
    {
        var message = new GuardedSentence
        {
            Index = (uint)verdict.Index,
            FirstToken = (uint)verdict.FirstToken,
            Tokens = (uint)verdict.Tokens,
            Text = verdict.Text,
            Outcome = (GuardOutcome)(verdict.Outcome + 1),
            Alternatives = (uint)verdict.Alternatives,
            RejectedText = verdict.Rejected ?? "",
        };
        if (verdict.Score is { } score)
        {
            message.Score = score;
        }

        if (verdict.RejectedScore is { } rejected)
        {
            message.RejectedScore = rejected;
        }

        message.Claims.AddRange(verdict.Claims.Select(claim => ClaimMessages.Of(claim, verdict.Text)));
        return message;
    }

    public static Retracted Of(AnswerRetracted retracted) => new()
    {
        CompletionTokens = (uint)retracted.CompletionTokens,
        Text = retracted.Text,
        Sentence = (uint)retracted.Segment,
    };

    /// <summary>Sums over the reports; null without any.</summary>
    public static GuardUsage? Usage(IReadOnlyCollection<GuardReport> reports)
    {
        if (reports.Count == 0)
        {
            return null;
        }

        SegmentVerdict[] segments = [.. reports.SelectMany(report => report.Segments)];
        return new GuardUsage
        {
            Sentences = (uint)segments.Length,
            Flagged = Count(SegmentOutcome.Flagged),
            Replaced = Count(SegmentOutcome.Replaced),
            Removed = Count(SegmentOutcome.Removed),
            Alternatives = (uint)segments.Sum(segment => segment.Alternatives),
            DiscardedTokens = (uint)reports.Sum(report => report.DiscardedTokens),
            Exhausted = reports.Any(report => report.IsExhausted),
        };

        uint Count(SegmentOutcome outcome) => (uint)segments.Count(segment => segment.Outcome == outcome);
    }
}
