using System.CommandLine;
using System.Text.Json;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Decoding.Pruning;
using Inference.Models.Vision;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox rankings</c>: the ways to choose image rows there are, as they describe themselves.</summary>
internal static class RankingsCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new Command("rankings", "List the rankings of --prune and the methods of --reduce.") { json };
        command.SetAction(parsed =>
        {
            Json.Report(terminal, parsed.GetValue(json), Write, () => Print(terminal));

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(Terminal terminal)
    {
        terminal.Out.WriteLine("--ranking, inside the decoder:");
        foreach (var ranking in RankingRegistry.All)
        {
            terminal.Out.WriteLine($"  {ranking.Name}: {ranking.Summary}{(ranking.LooksAtQuestion ? " Looks at the question." : "")}");
            terminal.Out.WriteLine($"      {ranking.Paper}");
        }

        terminal.Out.WriteLine();
        terminal.Out.WriteLine("--reduce, before the prompt is built:");
        foreach (var reduction in ReductionRegistry.All)
        {
            terminal.Out.WriteLine($"  {reduction.Name}: {reduction.Summary}");
            terminal.Out.WriteLine($"      {reduction.Paper}");
        }
    }

    private static void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("rankings");
        foreach (var ranking in RankingRegistry.All)
        {
            WriteMethod(json, ranking.Name, ranking.Summary, ranking.Paper, ranking.LooksAtQuestion);
        }

        json.WriteEndArray();
        json.WriteStartArray("reductions");
        foreach (var reduction in ReductionRegistry.All)
        {
            WriteMethod(json, reduction.Name, reduction.Summary, reduction.Paper, looksAtQuestion: false);
        }

        json.WriteEndArray();
    }

    private static void WriteMethod(Utf8JsonWriter json, string name, string summary, string paper, bool looksAtQuestion)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("summary", summary);
        json.WriteString("paper", paper);
        json.WriteBoolean("looks_at_question", looksAtQuestion);
        json.WriteEndObject();
    }
}
