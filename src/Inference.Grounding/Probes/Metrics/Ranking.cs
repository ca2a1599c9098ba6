namespace Inference.Grounding.Probes.Metrics;

/// <summary>
/// Scores of labelled examples, sorted once, so that ranking metrics can be taken many times with other weights, as a bootstrap does.
/// Equal scores share a
/// rank. A metric is null where a class is missing.
/// </summary>
internal sealed class Ranking
{
    private readonly int[] _order;
    private readonly bool[] _endsTie;
    private readonly bool[] _isPositive;

    /// <summary>Sorts.</summary>
    public Ranking(IReadOnlyList<float> scores, IReadOnlyList<bool> labels)
    {
        _order = [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i])];
        _isPositive = [.. _order.Select(i => labels[i])];
        _endsTie = [.. _order.Select((item, place) => place == _order.Length - 1 || scores[_order[place + 1]] != scores[item])];
    }

    /// <summary>Pairs of a positive and a negative example, and how many the positive wins, ties as half: AUROC is their ratio.</summary>
    /// <param name="weights">How often each example counts, in the order of the scores that were given.</param>
    public (double Won, double Pairs) Pairs(ReadOnlySpan<int> weights)
    {
        var (won, above, tiedPositives, tiedNegatives, negatives) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var place = 0; place < _order.Length; place++)
        {
            var weight = weights[_order[place]];
            if (_isPositive[place])
            {
                tiedPositives += weight;
            }
            else
            {
                tiedNegatives += weight;
            }

            if (_endsTie[place])
            {
                won += tiedNegatives * (above + (tiedPositives / 2));
                above += tiedPositives;
                negatives += tiedNegatives;
                (tiedPositives, tiedNegatives) = (0, 0);
            }
        }

        return (won, above * negatives);
    }

    /// <summary>Area under the ROC curve.</summary>
    public double? Auroc(ReadOnlySpan<int> weights) => Pairs(weights) is { Pairs: > 0 } pairs ? pairs.Won / pairs.Pairs : null;

    /// <summary>Average precision: Σ (Rₙ − Rₙ₋₁) Pₙ over thresholds, as scikit-learn's average_precision_score.</summary>
    public double? AveragePrecision(ReadOnlySpan<int> weights)
    {
        var (sum, counted) = (0.0, 0.0);
        foreach (var (positives, negatives) in Curve(weights))
        {
            sum += positives > counted ? (positives - counted) * positives / (positives + negatives) : 0;
            counted = positives;
        }

        return counted > 0 ? sum / counted : null;
    }

    /// <summary>The largest recall of a threshold with a false positive rate of at most <paramref name="rate"/>.</summary>
    public double? RecallAt(double rate, ReadOnlySpan<int> weights)
    {
        var curve = Curve(weights);
        var (positives, negatives) = curve.Count == 0 ? default : curve[^1];
        if (positives == 0 || negatives == 0)
        {
            return null;
        }

        return curve.Where(point => point.Negatives <= rate * negatives)
            .Select(point => point.Positives / positives).DefaultIfEmpty(0).Max();
    }

    // Positives and negatives at or above each threshold, from the highest down.
    private List<(double Positives, double Negatives)> Curve(ReadOnlySpan<int> weights)
    {
        List<(double, double)> curve = [];
        var (positives, negatives) = (0.0, 0.0);
        for (var place = 0; place < _order.Length; place++)
        {
            var weight = weights[_order[place]];
            (positives, negatives) = _isPositive[place] ? (positives + weight, negatives) : (positives, negatives + weight);
            if (_endsTie[place])
            {
                curve.Add((positives, negatives));
            }
        }

        return curve;
    }
}
