namespace Inference.Grounding.Probes.Training;

/// <summary>Fits the parameters of a probe on standardised features.</summary>
internal sealed class ProbeFit(FeatureMatrix features, ProbeTrainingOptions options)
{
    /// <summary>
    /// Weights and bias for each penalty of the options, in descending order of penalties: each starts where the one before ended.
    /// </summary>
    /// <param name="tokens">Rows to learn from.</param>
    /// <param name="spans">Spans to learn from; not read by the token loss.</param>
    public IReadOnlyList<double[]> Path(IReadOnlyList<Example> tokens, IReadOnlyList<RowSpan> spans)
    {
        var (balancedTokens, balancedSpans) = options.BalancesClasses ? Balance(tokens, spans) : (tokens, spans);
        var point = new double[features.Columns + 1];
        List<double[]> path = [];
        foreach (var penalty in options.Penalties.OrderDescending())
        {
            Lbfgs.Minimize(new LogisticLoss(features, balancedTokens, penalty), point);
            var fitted = point.ToArray();
            if (options.Loss == ProbeLoss.SpanMax)
            {
                Lbfgs.Minimize(new SpanMaxLoss(features, balancedTokens, balancedSpans, penalty), fitted);
            }

            path.Add(fitted);
        }

        return path;
    }

    private static (IReadOnlyList<Example> Tokens, IReadOnlyList<RowSpan> Spans) Balance(
        IReadOnlyList<Example> tokens, IReadOnlyList<RowSpan> spans)
    {
        var tokenFactor = Factor(tokens.Select(token => (token.IsPositive, token.Weight)));
        var spanFactor = Factor(spans.Select(span => (span.IsPositive, span.Weight)));
        return (
            [.. tokens.Select(token => token.IsPositive ? token with { Weight = token.Weight * tokenFactor } : token)],
            [.. spans.Select(span => span.IsPositive ? span with { Weight = span.Weight * spanFactor } : span)]);
    }

    // What positives are multiplied by to weigh as much as negatives.
    private static double Factor(IEnumerable<(bool IsPositive, double Weight)> examples)
    {
        var (positive, negative) = (0.0, 0.0);
        foreach (var (isPositive, weight) in examples)
        {
            (positive, negative) = isPositive ? (positive + weight, negative) : (positive, negative + weight);
        }

        return positive > 0 && negative > 0 ? negative / positive : 1;
    }
}
