namespace Inference.Cli.Benchmarks.Load;

/// <summary>Where a set of values lies: the value that a share of them does not exceed (nearest rank).</summary>
internal sealed record Percentiles(int Count, double Mean, double P50, double P90, double P99, double Max)
{
    /// <summary>Of any number of values; zeros of none.</summary>
    public static Percentiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? new(0, 0, 0, 0, 0, 0) : new(sorted.Length, sorted.Average(), At(0.5), At(0.9), At(0.99), sorted[^1]);

        double At(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
