namespace Inference.Decoding.Probes;

/// <summary>A logit above which a probe's label is raised, named by how often it is raised wrongly.</summary>
/// <param name="FalsePositiveRate">Share of held-out negatives above the logit: 0 to 1, both exclusive.</param>
/// <param name="Logit">A raw logit: calibrated probabilities can tie.</param>
public readonly record struct ProbeThreshold(float FalsePositiveRate, float Logit)
{
    /// <summary>Whether a score is over the threshold.</summary>
    public bool IsOver(float logit) => logit > Logit;
}
