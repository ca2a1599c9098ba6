namespace Inference.Grounding.Evaluation;

/// <summary>Where a measured number lies with 95 % confidence.</summary>
public readonly record struct ConfidenceInterval(double Low, double High)
{
    // The 97.5th percentile of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>The interval of a share of independent trials (Wilson, 1927); it stays sensible at 0 and 1 and for few trials.</summary>
    public static ConfidenceInterval Wilson(double share, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trials);
        var spread = Z * Z / trials;
        var centre = (share + (spread / 2)) / (1 + spread);
        var half = Z / (1 + spread) * Math.Sqrt((share * (1 - share) / trials) + (spread / (4 * trials)));
        return new ConfidenceInterval(Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
