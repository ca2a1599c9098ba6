namespace Inference.Grounding.Probes.Metrics;

/// <summary>A probe on collected answers.</summary>
public sealed record ProbeScore
{
    /// <summary>Answers with a labelled span.</summary>
    public required int Answers { get; init; }

    /// <summary>Images that they are about.</summary>
    public required int Images { get; init; }

    /// <summary>Labelled spans.</summary>
    public required int Spans { get; init; }

    /// <summary>Those that are hallucinated.</summary>
    public required int Hallucinated { get; init; }

    /// <summary>The probe, then the baselines.</summary>
    public required IReadOnlyList<DetectorScore> Detectors { get; init; }

    /// <summary>Expected calibration error of the span probabilities, 15 bins of equal mass.</summary>
    public required Measure CalibrationError { get; init; }

    /// <summary>Brier score of the span probabilities.</summary>
    public required Measure Brier { get; init; }

    /// <summary>What always naming the share of hallucinated spans would give.</summary>
    public required double BrierOfShare { get; init; }

    /// <summary>What each threshold of the probe gives here.</summary>
    public required IReadOnlyList<ThresholdScore> Thresholds { get; init; }
}

/// <summary>A threshold of a probe on spans that it was not chosen on.</summary>
/// <param name="Rate">The false positive rate that names it.</param>
/// <param name="Logit">The threshold.</param>
/// <param name="FalsePositiveRate">Share of right spans above it here.</param>
/// <param name="Recall">Share of hallucinated spans above it here.</param>
public readonly record struct ThresholdScore(float Rate, float Logit, double FalsePositiveRate, double Recall);
