using Inference.Decoding.Probes;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Probes.Data;

namespace Inference.Grounding.Probes.Metrics;

/// <summary>Evaluates a probe on collected answers, beside the baselines. A span's score is the largest of its tokens.</summary>
public static class ProbeEvaluator
{
    private const double RecallRate = 0.1;

    /// <summary>Measures.</summary>
    /// <param name="data">Answers about images that the probe was not trained on.</param>
    /// <param name="probe">A probe of the same model.</param>
    /// <param name="resamples">Draws of the bootstrap.</param>
    /// <exception cref="ProbeException">The probe is of another model, or reads a layer that was not collected.</exception>
    /// <exception cref="EvaluationException">Not both labels are there.</exception>
    public static ProbeScore Evaluate(ProbeDataSet data, Probe probe, int resamples)
    {
        probe.CheckModel(data.Model, data.Width, data.ModelLayers);
        if (probe.Terms.FirstOrDefault(term => !data.Layers.Contains(term.Layer)) is { } missing)
        {
            throw new ProbeException("layers", $"{missing.Layer}", $"{string.Join(", ", data.Layers)}, the layers that were collected");
        }

        List<EvaluatedSpan> spans = [];
        List<float> logits = [];
        for (var i = 0; i < data.Answers.Count; i++)
        {
            var answer = data.Answers[i];
            var tokens = answer.Spans.Count == 0 ? [] : ProbeLogits.Of(data, i, probe);
            foreach (var span in answer.Spans)
            {
                spans.Add(new EvaluatedSpan(answer, span, data.Groups[i]));
                logits.Add(tokens.AsSpan(span.FirstToken, span.Tokens).ToArray().Max());
            }
        }

        bool[] labels = [.. spans.Select(span => span.Span.IsHallucinated)];
        if (!labels.Contains(true) || !labels.Contains(false))
        {
            throw new EvaluationException(
                "data", $"{labels.Count(label => label)} hallucinated of {labels.Length} spans", "at least one of each kind");
        }

        return Score(spans, labels, [.. logits], probe.Span ?? probe.Token, resamples);
    }

    private static ProbeScore Score(List<EvaluatedSpan> spans, bool[] labels, float[] logits, ProbeScale scale, int resamples)
    {
        int[] groups = [.. spans.Select(span => span.Group)];
        var bootstrap = new ImageBootstrap(groups, resamples);
        var bins = PositionBins.Of([.. spans.Select(span => span.Span.FirstToken)]);
        var probabilities = Array.ConvertAll(logits, scale.Calibration.Map);
        var hallucinated = labels.Count(label => label);
        var share = (double)hallucinated / labels.Length;
        return new ProbeScore
        {
            Answers = spans.Select(span => span.Answer).Distinct(ReferenceEqualityComparer.Instance).Count(),
            Images = groups.Distinct().Count(),
            Spans = labels.Length,
            Hallucinated = hallucinated,
            Detectors = Detectors(spans, labels, logits, bins, bootstrap),
            CalibrationError = Measured(bootstrap, weights => CalibrationErrors.Expected(probabilities, labels, weights)),
            Brier = Measured(bootstrap, weights => CalibrationErrors.Brier(probabilities, labels, weights)),
            BrierOfShare = share * (1 - share),
            Thresholds = [.. scale.Thresholds.Select(threshold => new ThresholdScore(
                threshold.FalsePositiveRate, threshold.Logit,
                Above(logits, labels, threshold, isPositive: false), Above(logits, labels, threshold, isPositive: true)))],
        };
    }

    private static List<DetectorScore> Detectors(
        List<EvaluatedSpan> spans, bool[] labels, float[] logits, int[] bins, ImageBootstrap bootstrap)
    {
        List<DetectorScore> detectors = [];
        (double? Value, double?[] Draws) probe = (null, []);
        foreach (var (name, scores) in Baselines.Of(spans).Prepend(("probe", logits)))
        {
            var ranking = new Ranking(scores, labels);
            var binned = new BinnedRanking(scores, labels, bins);
            var (within, draws) = (binned.Auroc(bootstrap.All), bootstrap.Draws(binned.Auroc));
            Measure? ahead = null;
            if (detectors.Count == 0)
            {
                probe = (within, draws);
            }
            else
            {
                ahead = new Measure(probe.Value - within, ImageBootstrap.Interval(probe.Draws.Zip(draws, (ours, theirs) => ours - theirs)));
            }

            detectors.Add(new DetectorScore
            {
                Name = name,
                Auroc = Measured(bootstrap, weights => ranking.Auroc(weights)),
                AurocWithinPositions = new Measure(within, ImageBootstrap.Interval(draws)),
                ProbeAhead = ahead,
                AveragePrecision = Measured(bootstrap, weights => ranking.AveragePrecision(weights)),
                RecallAtTenPercent = Measured(bootstrap, weights => ranking.RecallAt(RecallRate, weights)),
            });
        }

        return detectors;
    }

    private static Measure Measured(ImageBootstrap bootstrap, Func<int[], double?> metric) =>
        new(metric(bootstrap.All), ImageBootstrap.Interval(bootstrap.Draws(metric)));

    private static double Above(float[] logits, bool[] labels, ProbeThreshold threshold, bool isPositive)
    {
        float[] same = [.. logits.Where((_, i) => labels[i] == isPositive)];
        return same.Count(threshold.IsOver) / (double)same.Length;
    }
}
