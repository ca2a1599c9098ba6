namespace Inference.Grounding.Probes.Training;

/// <summary>A row with its label and how much it counts.</summary>
internal readonly record struct Example(int Row, bool IsPositive, double Weight);

/// <summary>
/// L2 logistic regression: Σ weight · log(1 + e^(−y · (w·x + b))) / Σ weight + λ/2 ‖w‖², y = ±1; the bias is not penalised. λ is 1 / (C ·
/// Σ weight) in
/// scikit-learn's terms. Parameters: weights, then the bias.
/// </summary>
internal sealed class LogisticLoss(FeatureMatrix features, IReadOnlyList<Example> examples, double penalty) : ILoss
{
    private readonly double _total = examples.Sum(example => example.Weight);

    /// <inheritdoc/>
    public int Parameters => features.Columns + 1;

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var weights = point[..^1];
        var value = Penalty.Start(point, gradient, penalty);
        foreach (var example in examples)
        {
            var logit = features.Dot(example.Row, weights) + point[^1];
            var share = example.Weight / _total;
            value += share * Softplus(example.IsPositive ? -logit : logit);
            var slope = share * (Sigmoid(logit) - (example.IsPositive ? 1 : 0));
            features.AddTo(example.Row, slope, gradient);
            gradient[^1] += slope;
        }

        return value;
    }

    /// <summary>log(1 + e^x) without overflow.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    /// <summary>1 / (1 + e^−x).</summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
