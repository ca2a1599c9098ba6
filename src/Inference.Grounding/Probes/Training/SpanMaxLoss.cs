namespace Inference.Grounding.Probes.Training;

/// <summary>Consecutive rows that share a label.</summary>
internal readonly record struct RowSpan(int First, int Count, bool IsPositive, double Weight);

/// <summary>
/// Half the logistic loss of single tokens, half that of each span's largest logit (Obeso et al. 2025, arXiv 2509.03531, which moves from
/// the first to the
/// second over its run): a span counts as found when any of its tokens is. Not convex; to be started from the minimum of the token loss.
/// </summary>
internal sealed class SpanMaxLoss(
    FeatureMatrix features, IReadOnlyList<Example> tokens, IReadOnlyList<RowSpan> spans, double penalty) : ILoss
{
    private const double SpanShare = 0.5;

    private readonly LogisticLoss _tokens = new(features, tokens, penalty);
    private readonly double _total = spans.Sum(span => span.Weight);

    /// <inheritdoc/>
    public int Parameters => features.Columns + 1;

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        // Both halves carry the penalty, so that it counts once.
        var value = (1 - SpanShare) * _tokens.Evaluate(point, gradient);
        foreach (ref var slope in gradient)
        {
            slope *= 1 - SpanShare;
        }

        var own = new double[gradient.Length];
        value += SpanShare * Penalty.Start(point, own, penalty);
        foreach (var span in spans)
        {
            var (row, logit) = Largest(features, span, point);
            var share = span.Weight / _total;
            value += SpanShare * share * LogisticLoss.Softplus(span.IsPositive ? -logit : logit);
            var slope = share * (LogisticLoss.Sigmoid(logit) - (span.IsPositive ? 1 : 0));
            features.AddTo(row, slope, own);
            own[^1] += slope;
        }

        for (var i = 0; i < own.Length; i++)
        {
            gradient[i] += SpanShare * own[i];
        }

        return value;
    }

    /// <summary>The row of a span with the largest logit, the first of several.</summary>
    public static (int Row, double Logit) Largest(FeatureMatrix features, RowSpan span, ReadOnlySpan<double> point)
    {
        var best = (Row: -1, Logit: double.NegativeInfinity);
        for (var row = span.First; row < span.First + span.Count; row++)
        {
            var logit = features.Dot(row, point[..^1]) + point[^1];
            if (logit > best.Logit)
            {
                best = (row, logit);
            }
        }

        return best;
    }
}
