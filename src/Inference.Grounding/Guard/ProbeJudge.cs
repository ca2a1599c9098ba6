using Inference.Decoding.Probes;

namespace Inference.Grounding.Guard;

/// <summary>Scores a segment by the largest logit of a probe over its tokens, read on the probe's scale of sentences.</summary>
internal sealed class ProbeJudge(Probe probe) : ISegmentJudge
{
    public Task<SegmentScore> JudgeAsync(Segment segment, CancellationToken cancellationToken)
    {
        var logits = segment.Tokens.SelectMany(token => token.Scores).Where(score => ReferenceEquals(score.Probe, probe)).Select(score => score.Logit).ToArray();
        var scale = probe.Sentence ?? probe.Token;
        return Task.FromResult(
            !segment.HasContent || logits.Length == 0 ? SegmentScore.None : new SegmentScore(scale.Calibration.Map(logits.Max()), [], 0));
    }
}
