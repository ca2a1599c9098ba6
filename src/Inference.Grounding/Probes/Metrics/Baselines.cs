using Inference.Grounding.Probes.Data;
using Inference.Grounding.Probes.Training;

namespace Inference.Grounding.Probes.Metrics;

/// <summary>
/// What a detector of hallucinated spans has to beat. Those that learn are cross-fitted on the evaluated spans themselves, grouped by
/// image: they know this data
/// set's rates, which the probe does not.
/// </summary>
internal static class Baselines
{
    private const double Smoothing = 10;
    private const ulong FoldSeed = 1;

    /// <summary>Every baseline with its score for each span; a higher score says hallucinated.</summary>
    public static IEnumerable<(string Name, float[] Scores)> Of(IReadOnlyList<EvaluatedSpan> spans)
    {
        yield return ("position", CrossFit(spans, Position));
        yield return ("words", CrossFit(spans, Words));
        yield return ("entropy-max", Each(spans, span => Range(span.Answer.Entropies, span.Span).Max()));
        yield return ("entropy-mean", Each(spans, span => Range(span.Answer.Entropies, span.Span).Average()));
        yield return ("surprise-max", Each(spans, span => -Range(span.Answer.Logprobs, span.Span).Min()));
        yield return ("surprise-mean", Each(spans, span => -Range(span.Answer.Logprobs, span.Span).Average()));
    }

    private static float[] Each(IReadOnlyList<EvaluatedSpan> spans, Func<EvaluatedSpan, float> score) => [.. spans.Select(score)];

    private static IEnumerable<float> Range(IReadOnlyList<float> values, LabelledSpan span) =>
        values.Skip(span.FirstToken).Take(span.Tokens);

    private static float[] CrossFit(
        IReadOnlyList<EvaluatedSpan> spans, Func<IReadOnlyList<EvaluatedSpan>, Func<EvaluatedSpan, float>> fit)
    {
        var folds = GroupFolds.Of([.. spans.Select(span => span.Group)], FoldSeed);
        var scores = new float[spans.Count];
        for (var fold = 0; fold < GroupFolds.Count; fold++)
        {
            var score = fit([.. spans.Where((_, i) => folds[i] != fold)]);
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = folds[i] == fold ? score(spans[i]) : scores[i];
            }
        }

        return scores;
    }

    // Logistic regression on where the span begins: in tokens, their logarithm, and as a share of the whole answer, which a stream would
    // not know.
    private static Func<EvaluatedSpan, float> Position(IReadOnlyList<EvaluatedSpan> spans)
    {
        static float[] Features(EvaluatedSpan span) =>
            [span.Span.FirstToken, MathF.Log(1 + span.Span.FirstToken), span.Span.FirstToken / (float)span.Answer.Tokens.Count];

        var features = new FeatureMatrix([.. spans.SelectMany(Features)], 3);
        var standardizer = new Standardizer(features);
        standardizer.Apply(features);
        var loss = new LogisticLoss(features, [.. spans.Select((span, i) => new Example(i, span.Span.IsHallucinated, 1))], 1e-4);
        var point = new double[loss.Parameters];
        Lbfgs.Minimize(loss, point);
        var (weights, bias) = standardizer.Fold(point);
        return span => bias + Features(span).Zip(weights, (feature, weight) => feature * weight).Sum();
    }

    // How often the very same words were wrong elsewhere, drawn towards the overall share.
    private static Func<EvaluatedSpan, float> Words(IReadOnlyList<EvaluatedSpan> spans)
    {
        var share = spans.Average(span => span.Span.IsHallucinated ? 1.0 : 0);
        var rates = spans.GroupBy(span => span.Text, StringComparer.Ordinal).ToDictionary(
            same => same.Key,
            same => (float)((same.Count(span => span.Span.IsHallucinated) + (Smoothing * share)) / (same.Count() + Smoothing)),
            StringComparer.Ordinal);
        return span => rates.GetValueOrDefault(span.Text, (float)share);
    }
}
