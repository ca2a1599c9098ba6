using System.Globalization;
using Inference.Decoding.Probes;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Probes.Data;
using Inference.Grounding.Probes.Metrics;

namespace Inference.Grounding.Probes.Training;

/// <summary>
/// Trains a linear probe: standardise, L2 logistic regression, layer and penalty by cross-validation grouped by image, calibration and
/// thresholds on the
/// held-out logits of that cross-validation, then a fit on everything with the standardiser folded in. The same data, options and seed
/// give the same probe.
/// </summary>
public static class ProbeTrainer
{
    /// <summary>What a layer has to be better by to be preferred to an earlier one, whose score a stream has sooner.</summary>
    private const double Margin = 0.001;

    /// <summary>Trains.</summary>
    /// <param name="data">Collected answers.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told about each candidate when it has been tried.</param>
    /// <exception cref="EvaluationException">The data cannot be learned from.</exception>
    public static TrainedProbe Train(ProbeDataSet data, ProbeTrainingOptions options, IProgress<CandidateScore>? progress = null)
    {
        var layers = options.Layers ?? data.Layers;
        if (layers.FirstOrDefault(layer => !data.Layers.Contains(layer), -1) is >= 0 and var missing)
        {
            throw new EvaluationException("layers", $"{missing}", $"{string.Join(", ", data.Layers)}, the layers that were collected");
        }

        var rows = new TrainingRows(data, options.NegativesPerPositive, options.Seed);
        CheckLabels(rows, options.Seed);
        IReadOnlyList<IReadOnlyList<int>> choices = options.JoinsLayers ? [layers] : [.. layers.Select(layer => new[] { layer })];
        List<CandidateScore> candidates = [];
        (CandidateScore Score, CrossValidation Held, int Penalty)? best = null;
        foreach (var choice in choices)
        {
            var features = rows.Load(choice);
            new Standardizer(features).Apply(features);
            var held = CrossValidation.Run(features, rows, options);
            var scores = Scores(choice, held, rows, options);
            scores.ForEach(score => progress?.Report(score));
            candidates.AddRange(scores);
            var top = scores.IndexOf(scores.MaxBy(score => score.AurocWithinPositions));
            if (best is null || scores[top].AurocWithinPositions > best.Value.Score.AurocWithinPositions + Margin)
            {
                best = (scores[top], held, top);
            }
        }

        var (chosen, heldOut, penalty) = best!.Value;
        return new TrainedProbe(
            Fit(data, rows, options, chosen, heldOut, penalty), candidates, chosen,
            rows.Spans.Count, rows.Spans.Count(span => span.IsPositive), rows.SpanGroups.Distinct().Count())
        {
            Moments = options.ComparesMoments ? MomentScore(rows, options, chosen.Layers) : null,
        };
    }

    private static void CheckLabels(TrainingRows rows, ulong seed)
    {
        var folds = GroupFolds.Of(rows.SpanGroups, seed);
        foreach (var isPositive in (bool[])[true, false])
        {
            var spans = rows.Spans.Where(span => span.IsPositive == isPositive).Count();
            var spread = folds.Where((_, i) => rows.Spans[i].IsPositive == isPositive).Distinct().Count();
            if (spread < 2)
            {
                throw new EvaluationException(
                    "data", $"{spans} {(isPositive ? "hallucinated" : "right")} spans in {spread} of {GroupFolds.Count} folds",
                    "spans of both kinds about several images, so that some can be held out");
            }
        }
    }

    private static List<CandidateScore> Scores(
        IReadOnlyList<int> layers, CrossValidation held, TrainingRows rows, ProbeTrainingOptions options)
    {
        bool[] labels = [.. rows.Spans.Select(span => span.IsPositive)];
        int[] once = [.. labels.Select(_ => 1)];
        var bins = PositionBins.Of(rows.SpanPositions);
        return [.. options.Penalties.OrderDescending().Select((penalty, p) =>
        {
            var auroc = new Ranking(held.Spans[p], labels).Auroc(once)!.Value;
            return new CandidateScore(layers, penalty, auroc, new BinnedRanking(held.Spans[p], labels, bins).Auroc(once) ?? auroc);
        })];
    }

    private static Probe Fit(
        ProbeDataSet data, TrainingRows rows, ProbeTrainingOptions options, CandidateScore chosen, CrossValidation held, int penalty)
    {
        var features = rows.Load(chosen.Layers);
        var standardizer = new Standardizer(features);
        standardizer.Apply(features);
        var only = options with { Penalties = [.. options.Penalties.OrderDescending().Take(penalty + 1)] };
        var (weights, bias) = standardizer.Fold(new ProbeFit(features, only).Path(rows.Tokens, rows.Spans)[^1]);
        var tokens = rows.Tokens.Select((token, i) => new CalibrationPoint(held.Tokens[penalty][i], token.IsPositive, token.Weight));
        var spans = rows.Spans.Select((span, i) => new CalibrationPoint(held.Spans[penalty][i], span.IsPositive, span.Weight));
        return new Probe
        {
            Name = options.Name,
            Label = options.Label,
            ModelFingerprint = data.Model,
            Terms = [.. chosen.Layers.Select((layer, i) => new ProbeTerm(layer, weights.AsMemory(i * data.Width, data.Width)))],
            Bias = bias,
            Token = Scale([.. tokens], options.Calibration),
            Span = Scale([.. spans], options.Calibration),
            Facts = Facts(rows, options, chosen),
        };
    }

    private static ProbeScale Scale(IReadOnlyList<CalibrationPoint> points, CalibrationMethod method) =>
        new(method == CalibrationMethod.Platt ? PlattFit.Fit(points) : IsotonicFit.Fit(points), Thresholds.Of(points));

    private static Dictionary<string, string> Facts(TrainingRows rows, ProbeTrainingOptions options, CandidateScore chosen)
    {
        static string Text(IFormattable number, string format = "") => number.ToString(format, CultureInfo.InvariantCulture);
        return new Dictionary<string, string>
        {
            ["spans"] = Text(rows.Spans.Count),
            ["hallucinated"] = Text(rows.Spans.Count(span => span.IsPositive)),
            ["images"] = Text(rows.SpanGroups.Distinct().Count()),
            ["loss"] = options.Loss == ProbeLoss.Token ? "token" : "span-max",
            ["penalty"] = Text(chosen.Penalty),
            ["seed"] = Text(options.Seed),
            ["cross-validated-auroc"] = Text(chosen.Auroc, "0.0000"),
            ["cross-validated-auroc-within-positions"] = Text(chosen.AurocWithinPositions, "0.0000"),
        };
    }

    private static CandidateScore MomentScore(TrainingRows rows, ProbeTrainingOptions options, IReadOnlyList<int> layers)
    {
        var features = SpanMoments.Of(rows.Load(layers), rows.Spans);
        new Standardizer(features).Apply(features);
        var alone = rows.AsSingleRows();
        var held = CrossValidation.Run(features, alone, options with { Loss = ProbeLoss.Token });
        return Scores(layers, held, alone, options).MaxBy(score => score.AurocWithinPositions);
    }
}
