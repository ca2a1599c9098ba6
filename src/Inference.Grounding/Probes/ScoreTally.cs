using Inference.Decoding.Probes;
using Inference.Engine;

namespace Inference.Grounding.Probes;

/// <summary>Adds up the scores of one probe over consecutive tokens.</summary>
internal struct ScoreTally
{
    private int _tokens;
    private float _logit;
    private float _max;
    private double _sum;

    public void Add(Probe probe, IReadOnlyList<ProbeScore> scores)
    {
        foreach (var score in scores)
        {
            if (ReferenceEquals(score.Probe, probe))
            {
                _logit = _tokens == 0 ? score.Logit : Math.Max(_logit, score.Logit);
                _max = Math.Max(_max, score.Probability);
                _sum += score.Probability;
                _tokens++;
            }
        }
    }

    /// <summary>What they come to; null where no token has a score.</summary>
    public readonly ProbeSummary? Of(Probe probe, ProbeScale scale, ProbeThreshold? threshold) => _tokens == 0
        ? null
        : new ProbeSummary(
            probe, _tokens, _logit, scale.Calibration.Map(_logit), _max, (float)(_sum / _tokens), threshold?.IsOver(_logit) == true);
}
