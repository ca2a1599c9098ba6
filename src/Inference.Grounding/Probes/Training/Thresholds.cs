using Inference.Decoding.Probes;

namespace Inference.Grounding.Probes.Training;

/// <summary>Thresholds named by their false positive rate.</summary>
internal static class Thresholds
{
    /// <summary>Rates that every trained probe has a threshold for.</summary>
    public static IReadOnlyList<float> Rates { get; } = [0.01f, 0.05f, 0.1f, 0.2f];

    /// <summary>For each rate the lowest held-out negative that no more than this share of the negatives is above.</summary>
    public static IReadOnlyList<ProbeThreshold> Of(IEnumerable<CalibrationPoint> points)
    {
        (float Logit, double Weight)[] negatives = [.. points.Where(point => !point.IsPositive).GroupBy(point => point.Logit)
            .OrderByDescending(tie => tie.Key).Select(tie => (tie.Key, tie.Sum(point => point.Weight)))];
        var total = negatives.Sum(negative => negative.Weight);
        // By way of decimal: a hundredth as a float is less than one of a hundred.
        return negatives.Length == 0
            ? []
            : [.. Rates.Select(rate => new ProbeThreshold(rate, At(negatives, (double)(decimal)rate * total)))];
    }

    private static float At((float Logit, double Weight)[] negatives, double mostAbove)
    {
        var (above, threshold) = (0.0, negatives[0].Logit);
        foreach (var (logit, weight) in negatives)
        {
            if (above > mostAbove)
            {
                break;
            }

            (threshold, above) = (logit, above + weight);
        }

        return threshold;
    }
}
