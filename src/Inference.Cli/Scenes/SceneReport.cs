using System.Globalization;
using System.Text.Json;
using Inference.Cli.Output;
using Inference.Grounding.Evaluation.Scenes;
using Spectre.Console;

namespace Inference.Cli.Scenes;

/// <summary>What was measured, and on what.</summary>
internal sealed record SceneReport(string Model, int Scenes, string? Degradation, int InFlight, IReadOnlyList<MethodResult> Results)
{
    /// <summary>Whether people get one table over all tasks instead of one of each.</summary>
    public bool IsSummary { get; init; }

    private IEnumerable<IGrouping<SceneTask, MethodResult>> Tasks => Results.GroupBy(result => result.Task);

    private IEnumerable<SceneTable> Tables =>
        IsSummary ? [SceneSummary.Of(Results)] : Tasks.Select(task => SceneRows.Of(task.Key, [.. task]));

    /// <summary>Tables for people.</summary>
    public void Print(Terminal terminal)
    {
        foreach (var rows in Tables)
        {
            var table = new Table().RoundedBorder().Title(Markup.Escape(rows.Title));
            for (var i = 0; i < rows.Header.Length; i++)
            {
                var column = new TableColumn(Markup.Escape(rows.Header[i]));
                table.AddColumn(i == 0 ? column : column.RightAligned());
            }

            foreach (var row in rows.Rows)
            {
                table.AddRow([.. row.Select(Markup.Escape)]);
            }

            (terminal.IsInteractive ? terminal.Console() : terminal.LineConsole()).Write(table);
        }

        terminal.Note(Conditions);
    }

    /// <summary>Tables for a document.</summary>
    public void WriteMarkdown(TextWriter output)
    {
        foreach (var rows in Tables)
        {
            output.WriteLine($"### {rows.Title}\n");
            output.WriteLine($"| {string.Join(" | ", rows.Header)} |");
            output.WriteLine($"|---|{string.Concat(rows.Header.Skip(1).Select(_ => "---:|"))}");
            foreach (var row in rows.Rows)
            {
                output.WriteLine($"| {string.Join(" | ", row)} |");
            }

            output.WriteLine();
        }

        output.WriteLine(Conditions);
    }

    /// <summary>Everything, for programs.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("model", Model);
        json.WriteNumber("scenes", Scenes);
        json.WriteString("degradation", Degradation);
        json.WriteNumber("in_flight", InFlight);
        json.WriteStartArray("tasks");
        foreach (var task in Tasks)
        {
            json.WriteStartObject();
            json.WriteString("task", task.Key.ToString().ToLowerInvariant());
            json.WriteStartArray("methods");
            foreach (var result in task)
            {
                Write(json, result, task.First());
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private string Conditions => string.Create(
        CultureInfo.InvariantCulture,
        $"{Model}, {Scenes} scenes{(Degradation is null ? "" : $" degraded by {Degradation}")}. {(IsSummary ? SummaryLegend : Legend)}");

    private static string SummaryLegend =>
        $"* the 95 % interval of the paired difference against {Methods.Baseline.Name} (bootstrap over scenes) leaves out zero; "
            + $"{SceneCells.Unknown} not measured; "
        + "blank: the method is not applied to the task. sampled / kept: tokens sampled for one of the answer; time: of the same "
        + "questions, many in flight.";

    private string Legend =>
        "[a, b]: 95 % intervals by bootstrap over scenes; signed numbers: "
        + $"paired difference against {Methods.Baseline.Name}, = no answer judged otherwise, * zero outside its interval. "
        + string.Create(
            CultureInfo.InvariantCulture,
            $"ms: wall-clock time divided by answers with {InFlight} of them in flight and images encoded before.");

    private static void Write(Utf8JsonWriter json, MethodResult result, MethodResult baseline)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Method.Line.Name);
        json.WriteString("flags", result.Method.Line.Flags);
        json.WriteNumber("answers", result.Answers);
        json.WriteScore("milliseconds_per_answer", result.MillisecondsPerAnswer);
        json.WriteStartObject("measures");
        foreach (var measure in SceneMeasures.Of(result.Task))
        {
            var (estimate, difference) = (result.Estimates[measure], result == baseline ? null : result.Difference(measure, baseline));
            json.WriteStartObject(measure.Key);
            json.WriteScore("value", estimate.Value);
            json.WriteInterval("interval", estimate.Interval);
            json.WriteScore("difference", difference?.Value);
            json.WriteInterval("difference_interval", difference?.Interval);
            json.WriteBoolean("resolved", difference?.IsResolved ?? false);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
