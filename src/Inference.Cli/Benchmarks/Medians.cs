namespace Inference.Cli.Benchmarks;

/// <summary>Medians.</summary>
internal static class Medians
{
    /// <summary>The median; of an even number, the mean of the middle two.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
