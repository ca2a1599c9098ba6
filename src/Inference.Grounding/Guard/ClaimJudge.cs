using Inference.Grounding.Answers;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Guard;

/// <summary>
/// Scores a segment by its least likely claim: 1 − the smallest share of yes. A segment that claims nothing has no score.
/// </summary>
internal sealed class ClaimJudge(AnswerScope scope, VerificationOptions options) : ISegmentJudge
{
    public async Task<SegmentScore> JudgeAsync(Segment segment, CancellationToken cancellationToken)
    {
        if (!segment.HasContent
            || await AnswerClaims.CheckAsync(
                scope, segment.Text, options, cancellationToken).ConfigureAwait(false) is not { Verdicts.Count: > 0 } claims)
        {
            return SegmentScore.None;
        }

        return new SegmentScore(1 - claims.Verdicts.Min(verdict => verdict.Yes), claims.Verdicts, claims.Usage.SampledTokens);
    }
}
