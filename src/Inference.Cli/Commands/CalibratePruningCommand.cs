using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Inference.Cli.Assistants;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Decoding.Pruning;
using Inference.Grounding.Calibration;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox calibrate pruning</c>: picks the stages at which image rows can be dropped.</summary>
internal static class CalibratePruningCommand
{
    private const int DefaultSamples = 40;

    public static Command Create(Terminal terminal)
    {
        var data = EvaluationFile.Option(
            "--data", "Questions: JSON lines with image (a file beside the list) and prompt; a description of the image without one.");
        var output = new Option<string>("--out")
        {
            HelpName = "FILE",
            Required = true,
            Description = "The JSON file to write, for --prune @FILE.",
        };
        var samples = CommonOptions.Integer("--limit", "N", $"Questions to ask, the first of the list; {DefaultSamples} without it.", 1);
        var tokens = CommonOptions.Integer("--tokens", "N", "Tokens of each answer that are compared; 8 without it.", 1);
        var threshold = CommonOptions.Number<float>("--threshold", "NATS", "The most divergence of a stage by itself; 0.003 without it.");
        var ranking = new Option<string?>("--ranking") { HelpName = "NAME", Description = $"Which rows remain: {RankingRegistry.Names}." };
        var json = CommonOptions.Json();
        var command = new Command("pruning", "Pick the stages for --prune by where dropping image rows stops to matter.")
        {
            data, output, samples, tokens, threshold, ranking, json,
        };
        var models = ModelOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var defaults = new PruningCalibration();
            var most = parsed.GetValue(threshold) ?? (float)defaults.Threshold;
            var settings = defaults with
            {
                Threshold = most > 0 ? Shortest(most) : throw new UsageException($"--threshold: found {most}; allowed: above 0"),
                Tokens = parsed.GetValue(tokens) ?? defaults.Tokens,
                Ranking = RankingRegistry.Find(parsed.GetValue(ranking) ?? ""),
            };
            var questions = PruningSamples.Read(parsed.GetValue(data)!, parsed.GetValue(samples) ?? DefaultSamples);
            await using var local = await LocalAssistant.StartAsync(terminal, models.Read(parsed));
            var file = await local.CalibratePruningAsync(settings, questions, terminal, cancellationToken);
            file.Write(parsed.GetValue(output)!);
            Report(terminal, file, parsed.GetValue(output)!, parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static double Shortest(float value) =>
        double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static void Report(Terminal terminal, PruningFile file, string path, bool asJson)
    {
        if (asJson)
        {
            Json.Print(terminal, writer => Write(writer, file, path));
            return;
        }

        terminal.Out.WriteLine("divergence (nats) when rows are dropped before a block:");
        var shares = file.Tried.GroupBy(stage => stage.Keep).OrderByDescending(share => share.Key).ToList();
        terminal.Out.WriteLine($"  {"block",-6}{string.Concat(shares.Select(share => $"{Invariant($"{share.Key:0.###}"),12}"))}");
        foreach (var layer in file.Tried.Select(stage => stage.Layer).Distinct().Order())
        {
            var cells = shares.Select(share => Invariant($"{share.First(stage => stage.Layer == layer).Divergence.Mean:0.00000}"));
            terminal.Out.WriteLine($"  {layer,-6}{string.Concat(cells.Select(cell => $"{cell,12}"))}");
        }

        var plan = string.Join(',', file.Stages.Select(stage => Invariant($"{stage.Layer}:{stage.Keep}")));
        terminal.Out.WriteLine(file.Stages.Count == 0
            ? $"no stage stays within {Invariant($"{file.Threshold}")}"
            : $"picked {plan}: {Invariant($"{file.Average:P1}")} of the rows on average, divergence "
                + $"{Invariant($"{file.Together!.Value.Mean:0.00000}")}");
    }

    private static void Write(Utf8JsonWriter json, PruningFile file, string path)
    {
        json.WriteString("out", Path.GetFullPath(path));
        json.WriteStartArray("stages");
        foreach (var stage in file.Stages)
        {
            json.WriteStartObject();
            json.WriteNumber("layer", stage.Layer);
            json.WriteNumber("keep", stage.Keep);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("average", file.Average);
        json.WriteNumber("samples", file.Samples);
        json.WriteNumber("threshold", file.Threshold);
        if (file.Together is { } together)
        {
            json.WriteNumber("divergence", together.Mean);
            json.WriteNumber("standard_error", together.StandardError);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
