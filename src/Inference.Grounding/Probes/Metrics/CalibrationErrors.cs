namespace Inference.Grounding.Probes.Metrics;

/// <summary>How far probabilities are from what happens.</summary>
internal static class CalibrationErrors
{
    /// <summary>Bins of the expected calibration error.</summary>
    public const int Bins = 15;

    /// <summary>Mean squared distance of probability and label (Brier, 1950).</summary>
    public static double Brier(IReadOnlyList<float> probabilities, IReadOnlyList<bool> labels, IReadOnlyList<int> weights)
    {
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < probabilities.Count; i++)
        {
            var distance = probabilities[i] - (labels[i] ? 1 : 0);
            sum += weights[i] * distance * distance;
            total += weights[i];
        }

        return sum / total;
    }

    /// <summary>
    /// Expected calibration error over bins of equal mass: Σ share · |mean probability − share of positives|. Equal probabilities share a
    /// bin.
    /// </summary>
    public static double Expected(IReadOnlyList<float> probabilities, IReadOnlyList<bool> labels, IReadOnlyList<int> weights)
    {
        var order = Enumerable.Range(0, probabilities.Count).OrderBy(i => probabilities[i]).ToArray();
        var total = (double)weights.Sum();
        var (error, seen, sum, positives, mass) = (0.0, 0.0, 0.0, 0.0, 0.0);
        var filled = 0;
        for (var place = 0; place < order.Length; place++)
        {
            var i = order[place];
            mass += weights[i];
            sum += weights[i] * (double)probabilities[i];
            positives += labels[i] ? weights[i] : 0;
            var endsTie = place == order.Length - 1 || probabilities[order[place + 1]] != probabilities[i];
            if (endsTie && (seen + mass >= total * (filled + 1) / Bins || place == order.Length - 1))
            {
                error += Math.Abs(sum - positives) / total;
                seen += mass;
                filled = (int)(seen * Bins / total);
                (sum, positives, mass) = (0, 0, 0);
            }
        }

        return error;
    }
}
