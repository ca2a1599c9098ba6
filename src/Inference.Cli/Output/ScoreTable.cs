using System.Globalization;
using Inference.Grounding.Evaluation;
using Spectre.Console;

namespace Inference.Cli.Output;

/// <summary>Scores as a small table for people: name, value, where it lies with 95 % confidence.</summary>
internal sealed class ScoreTable
{
    private readonly Table _table = new Table().RoundedBorder()
        .AddColumn("measure")
        .AddColumn(new TableColumn("value").RightAligned())
        .AddColumn(new TableColumn("95 % interval").RightAligned());

    /// <summary>A share, in percent; a dash where it is undefined.</summary>
    public ScoreTable Percent(string name, double? share, ConfidenceInterval? interval = null)
    {
        var range = interval is { } i ? $"{Format(100 * i.Low)} to {Format(100 * i.High)}" : "";
        _table.AddRow(name, share is { } value ? $"{Format(100 * value)} %" : "–", range);
        return this;
    }

    /// <summary>A number as it is.</summary>
    public ScoreTable Number(string name, double value)
    {
        _table.AddRow(name, Format(value), "");
        return this;
    }

    public void Print(Terminal terminal) => terminal.Console().Write(_table);

    private static string Format(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
