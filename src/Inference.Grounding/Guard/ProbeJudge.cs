using Inference.Decoding.Probes;
using Inference.Grounding.Probes;
using Inference.Grounding.Segments;

namespace Inference.Grounding.Guard;

/// <summary>
/// Scores a segment by the largest logit of a probe over its tokens, read on the probe's scale of sentences, or of spans for clauses.
/// </summary>
internal sealed class ProbeJudge(Probe probe, SegmentUnit unit) : ISegmentJudge
{
    private readonly ProbeScale _scale = Scale(probe, unit);

    /// <summary>The calibrated score at the threshold of the rate that was chosen; 0.5 where the probe has no thresholds.</summary>
    public static double Limit(ProbeChoice choice, SegmentUnit unit)
    {
        var scale = Scale(choice.Probe, unit);
        ProbeThreshold[] chosen = [.. scale.Thresholds.Where(threshold => threshold.FalsePositiveRate == choice.Token?.FalsePositiveRate)];
        return (chosen.Length > 0 ? chosen[0] : scale.Usual) is { } at ? scale.Calibration.Map(at.Logit) : 0.5;
    }

    public Task<SegmentScore> JudgeAsync(Segment segment, CancellationToken cancellationToken)
    {
        var logits = segment.Tokens.SelectMany(token => token.Scores).Where(score => ReferenceEquals(score.Probe, probe))
            .Select(score => score.Logit).ToArray();
        return Task.FromResult(
            !segment.HasContent || logits.Length == 0 ? SegmentScore.None : new SegmentScore(_scale.Calibration.Map(logits.Max()), [], 0));
    }

    private static ProbeScale Scale(Probe probe, SegmentUnit unit) =>
        (unit == SegmentUnit.Clause ? probe.Span : probe.Sentence) ?? probe.Token;
}
