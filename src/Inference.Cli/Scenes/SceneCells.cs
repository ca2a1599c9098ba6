using System.Globalization;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>Measures as text: shares in per cent.</summary>
internal static class SceneCells
{
    public const string Unknown = "–";

    /// <summary>The name of a measure with its unit.</summary>
    public static string Title(SceneMeasure measure) => measure.Title + (measure.IsShare ? ", %" : "");

    /// <summary>
    /// The measure and, against the baseline, the paired difference with its interval; a star says that the interval leaves out zero.
    /// </summary>
    /// <param name="measure">What is shown.</param>
    /// <param name="result">Of this method.</param>
    /// <param name="baseline">Null for the baseline itself.</param>
    public static string Whole(SceneMeasure measure, MethodResult result, MethodResult? baseline)
    {
        if (result.Estimates[measure] is not { Value: { } value } estimate)
        {
            return Unknown;
        }

        var (scale, decimals) = Unit(measure);
        var text = Number(scale * value, decimals);
        if (measure.Direction == MeasureDirection.None)
        {
            return text;
        }

        return baseline is null ? $"{text} [{Range(estimate.Interval!.Value)}]"
            : result.Difference(measure, baseline) is not { } difference ? text
            : difference.Value == 0 && difference.Interval == default ? $"{text} ="
            : $"{text} {Signed(scale * difference.Value, decimals)} [{Range(difference.Interval)}]{(difference.IsResolved ? "*" : "")}";

        string Range(ConfidenceInterval interval) => $"{Number(scale * interval.Low, decimals)}, {Number(scale * interval.High, decimals)}";
    }

    /// <summary>The measure alone, starred where its difference is resolved.</summary>
    /// <inheritdoc cref="Whole"/>
    public static string Short(SceneMeasure measure, MethodResult result, MethodResult? baseline)
    {
        var (scale, decimals) = Unit(measure);
        if (result.Estimates[measure].Value is not { } value)
        {
            return Unknown;
        }

        var star = baseline is not null && result.Difference(measure, baseline) is { IsResolved: true } ? "*" : "";
        return Number(scale * value, decimals) + star;
    }

    /// <summary>With a real minus and without a negative zero.</summary>
    public static string Number(double value, int decimals)
    {
        var rounded = Math.Round(value, decimals) + 0.0;
        return rounded.ToString($"F{decimals}", CultureInfo.InvariantCulture).Replace('-', '−');
    }

    private static (double Scale, int Decimals) Unit(SceneMeasure measure) => measure.IsShare ? (100.0, 1) : (1.0, 2);

    private static string Signed(double change, int decimals) => (change > 0 ? "+" : "") + Number(change, decimals);
}
