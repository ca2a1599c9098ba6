using System.Globalization;
using System.Text.Json;
using Inference.Decoding.Probes;
using Inference.Grounding.Probes.Metrics;
using Spectre.Console;

namespace Inference.Cli.Output;

/// <summary>The score of a probe, for programs and for people.</summary>
internal static class ProbeScoreOutput
{
    /// <summary>Members of the JSON object.</summary>
    public static void Write(Utf8JsonWriter json, Probe probe, ProbeScore score)
    {
        json.WriteString("probe", probe.Name);
        json.WriteNumbers("layers", probe.Terms.Select(term => (long)term.Layer));
        json.WriteNumber("answers", score.Answers);
        json.WriteNumber("images", score.Images);
        json.WriteNumber("spans", score.Spans);
        json.WriteNumber("hallucinated", score.Hallucinated);
        json.WriteStartObject("detectors");
        foreach (var detector in score.Detectors)
        {
            json.WriteStartObject(detector.Name);
            Write(json, "auroc", detector.Auroc);
            Write(json, "auroc_within_positions", detector.AurocWithinPositions);
            if (detector.ProbeAhead is { } ahead)
            {
                Write(json, "probe_ahead_within_positions", ahead);
            }

            Write(json, "average_precision", detector.AveragePrecision);
            Write(json, "recall_at_fpr_0.1", detector.RecallAtTenPercent);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        Write(json, "calibration_error", score.CalibrationError);
        Write(json, "brier", score.Brier);
        json.WriteScore("brier_of_share", score.BrierOfShare);
        json.WriteStartArray("thresholds");
        foreach (var threshold in score.Thresholds)
        {
            json.WriteStartObject();
            json.WriteScore("rate", threshold.Rate);
            json.WriteScore("logit", threshold.Logit);
            json.WriteScore("false_positive_rate", threshold.FalsePositiveRate);
            json.WriteScore("recall", threshold.Recall);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Tables.</summary>
    public static void Print(Terminal terminal, Probe probe, ProbeScore score)
    {
        var table = new Table().RoundedBorder().AddColumn("detector");
        foreach (var column in (string[])["AUROC", "within positions", "probe ahead by", "average precision", "recall at 10 % FPR"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var detector in score.Detectors)
        {
            table.AddRow(
                detector.Name, Format(detector.Auroc), Format(detector.AurocWithinPositions),
                detector.ProbeAhead is { } ahead ? Format(ahead) : "",
                Format(detector.AveragePrecision), Format(detector.RecallAtTenPercent));
        }

        terminal.Console().Write(table);
        var layers = string.Join(", ", probe.Terms.Select(term => term.Layer));
        terminal.Note($"{probe.Name} on layer {layers}: {score.Hallucinated} of {score.Spans} spans hallucinated, " +
            $"{score.Answers} answers, {score.Images} images");
        terminal.Note($"calibration error {Format(score.CalibrationError)}, Brier {Format(score.Brier)}; " +
            $"by the share alone {Format(score.BrierOfShare)}");
        foreach (var threshold in score.Thresholds)
        {
            terminal.Note($"threshold for {Percent(threshold.Rate)} false positives: " +
                $"{Percent(threshold.FalsePositiveRate)} here, recall {Percent(threshold.Recall)}");
        }
    }

    private static void Write(Utf8JsonWriter json, string name, Measure measure)
    {
        json.WriteStartObject(name);
        json.WriteScore("value", measure.Value);
        json.WriteInterval("confidence_95", measure.Interval);
        json.WriteEndObject();
    }

    private static string Format(Measure measure) => measure switch
    {
        { Value: { } value, Interval: { } interval } => $"{Format(value)} ({Format(interval.Low)} to {Format(interval.High)})",
        { Value: { } value } => Format(value),
        _ => "–",
    };

    private static string Format(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
