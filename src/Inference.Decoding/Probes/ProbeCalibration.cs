namespace Inference.Decoding.Probes;

/// <summary>A non-decreasing map from a raw logit to the probability of the probe's label.</summary>
public abstract record ProbeCalibration
{
    /// <summary>The name that files use.</summary>
    public abstract string Kind { get; }

    /// <summary>The probability of the label, 0 to 1.</summary>
    public abstract float Map(float logit);

    /// <exception cref="ProbeException">A number is not allowed.</exception>
    internal abstract void Check(string field);
}
