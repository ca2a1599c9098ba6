namespace Inference.Grounding.Probes.Training;

/// <summary>What is minimised.</summary>
public enum ProbeLoss
{
    /// <summary>The logistic loss of every token by itself.</summary>
    Token,

    /// <summary>Half that, half the loss of each span's largest logit.</summary>
    SpanMax,
}

/// <summary>How raw logits become probabilities.</summary>
public enum CalibrationMethod
{
    /// <summary>A logistic curve.</summary>
    Platt,

    /// <summary>Steps that never descend.</summary>
    Isotonic,
}

/// <summary>How a probe is trained.</summary>
public sealed record ProbeTrainingOptions
{
    /// <summary>What the probe is called.</summary>
    public required string Name { get; init; }

    /// <summary>What a high score says of a token.</summary>
    public string Label { get; init; } = "is part of a mention of something that the image does not show";

    /// <summary>Layers to choose from; null for all that were collected.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Reads all these layers together instead of choosing one.</summary>
    public bool JoinsLayers { get; init; }

    /// <summary>What is minimised.</summary>
    public ProbeLoss Loss { get; init; }

    /// <summary>How raw logits become probabilities.</summary>
    public CalibrationMethod Calibration { get; init; }

    /// <summary>Candidates for the L2 penalty λ on the mean loss over standardised features.</summary>
    public IReadOnlyList<double> Penalties { get; init; } = [1e-2, 1e-3, 1e-4, 1e-5];

    /// <summary>Gives both labels the same total weight in the loss. Calibration undoes it.</summary>
    public bool BalancesClasses { get; init; }

    /// <summary>Right spans kept for each hallucinated one; those that are kept stand for the others.</summary>
    public int NegativesPerPositive { get; init; } = 10;

    /// <summary>
    /// Also cross-validates a classifier of whole spans on mean and standard deviation of each feature over the span's tokens.
    /// </summary>
    public bool ComparesMoments { get; init; }

    /// <summary>Seeds folds and what is left out.</summary>
    public ulong Seed { get; init; }
}
