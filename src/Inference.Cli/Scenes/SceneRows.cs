using System.Globalization;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>
/// The table of one task as text. A cell holds the measure and, against the baseline, the paired difference with its interval; a star says that the interval leaves out
/// zero.
/// </summary>
internal sealed class SceneRows
{
    public SceneRows(SceneTask task, IReadOnlyList<MethodResult> results)
    {
        var measures = SceneMeasures.Of(task);
        var baseline = results[0];
        Title = $"{task}: {baseline.Answers} answers";
        Header = ["method", .. measures.Select(measure => measure.Title + (measure.IsShare ? ", %" : "")), "ms"];
        Rows = [.. results.Select(result => (string[])
        [
            result.Method.Line.Name,
            .. measures.Select(measure => Cell(measure, result, result == baseline ? null : baseline)),
            Number(result.MillisecondsPerAnswer, 2),
        ])];
    }

    public string Title { get; }

    public string[] Header { get; }

    public IReadOnlyList<string[]> Rows { get; }

    private static string Cell(SceneMeasure measure, MethodResult result, MethodResult? baseline)
    {
        if (result.Estimates[measure] is not { Value: { } value } estimate)
        {
            return "–";
        }

        var (scale, decimals) = measure.IsShare ? (100.0, 1) : (1.0, 2);
        var text = Number(scale * value, decimals);
        if (measure.Direction == MeasureDirection.None)
        {
            return text;
        }

        return baseline is null ? $"{text} [{Range(estimate.Interval!.Value)}]"
            : result.Difference(measure, baseline) is not { } difference ? text
            : difference.Value == 0 && difference.Interval == default ? $"{text} ="
            : $"{text} {Signed(scale * difference.Value)} [{Range(difference.Interval)}]{(difference.IsResolved ? "*" : "")}";

        string Range(ConfidenceInterval interval) => $"{Number(scale * interval.Low, decimals)}, {Number(scale * interval.High, decimals)}";

        string Signed(double change) => (change > 0 ? "+" : "") + Number(change, decimals);
    }

    // With a real minus and without a negative zero.
    private static string Number(double value, int decimals)
    {
        var rounded = Math.Round(value, decimals) + 0.0;
        return rounded.ToString($"F{decimals}", CultureInfo.InvariantCulture).Replace('-', '−');
    }
}
