using Inference.Decoding.Probes;

namespace Inference.Engine;

/// <summary>What a probe says of a token.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Logit">Raw score.</param>
/// <param name="Probability">Calibrated score of a single token, 0 to 1.</param>
public readonly record struct ProbeScore(Probe Probe, float Logit, float Probability);
