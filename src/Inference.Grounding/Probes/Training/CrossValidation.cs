namespace Inference.Grounding.Probes.Training;

/// <summary>
/// Logits of all tokens and spans by probes that have not seen their image, for each penalty in descending order. The standardiser has
/// seen all rows, but no
/// label.
/// </summary>
/// <param name="Tokens">[penalties][rows]</param>
/// <param name="Spans">[penalties][spans], the largest of each span's rows.</param>
internal sealed record CrossValidation(float[][] Tokens, float[][] Spans)
{
    /// <summary>Fits and predicts fold by fold.</summary>
    /// <param name="features">Standardised.</param>
    /// <param name="rows">What the rows are.</param>
    /// <param name="options">How to fit.</param>
    public static CrossValidation Run(FeatureMatrix features, TrainingRows rows, ProbeTrainingOptions options)
    {
        var count = options.Penalties.Count;
        var result = new CrossValidation(
            [.. Enumerable.Range(0, count).Select(_ => new float[rows.Tokens.Count])],
            [.. Enumerable.Range(0, count).Select(_ => new float[rows.Spans.Count])]);
        var (tokenFolds, spanFolds) = (GroupFolds.Of(rows.TokenGroups, options.Seed), GroupFolds.Of(rows.SpanGroups, options.Seed));
        var fit = new ProbeFit(features, options);
        Parallel.For(0, GroupFolds.Count, fold =>
        {
            var path = fit.Path(
                [.. rows.Tokens.Where((_, i) => tokenFolds[i] != fold)],
                [.. rows.Spans.Where((_, i) => spanFolds[i] != fold)]);
            for (var p = 0; p < count; p++)
            {
                for (var i = 0; i < tokenFolds.Length; i++)
                {
                    if (tokenFolds[i] == fold)
                    {
                        result.Tokens[p][i] = (float)(features.Dot(i, path[p].AsSpan(0, features.Columns)) + path[p][^1]);
                    }
                }

                for (var i = 0; i < spanFolds.Length; i++)
                {
                    if (spanFolds[i] == fold)
                    {
                        result.Spans[p][i] = (float)SpanMaxLoss.Largest(features, rows.Spans[i], path[p]).Logit;
                    }
                }
            }
        });
        return result;
    }
}
