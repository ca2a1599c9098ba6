using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Probes.Metrics;

/// <summary>A number with its 95 % interval; both null where it is undefined.</summary>
public readonly record struct Measure(double? Value, ConfidenceInterval? Interval);

/// <summary>How well one detector tells hallucinated spans from right ones.</summary>
public sealed record DetectorScore
{
    /// <summary>The detector.</summary>
    public required string Name { get; init; }

    /// <summary>Area under the ROC curve over all spans.</summary>
    public required Measure Auroc { get; init; }

    /// <summary>The same over pairs at about the same position of their answers.</summary>
    public required Measure AurocWithinPositions { get; init; }

    /// <summary>By how much the probe is above this detector within positions, paired; null for the probe itself.</summary>
    public Measure? ProbeAhead { get; init; }

    /// <summary>Average precision.</summary>
    public required Measure AveragePrecision { get; init; }

    /// <summary>Largest recall at a false positive rate of at most 10 %.</summary>
    public required Measure RecallAtTenPercent { get; init; }
}
