using System.CommandLine;
using System.Globalization;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute.Cpu;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Importance;
using Inference.Models.Quantization;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox importance layers</c>: how much every block changes what passes through it.</summary>
internal static class ImportanceLayersCommand
{
    private const string Annotations = "annotations.jsonl";
    private const int DefaultContext = 4096;
    private const int DefaultSamples = 32;
    private const int StepRows = 512;
    private const int Decimals = 6;

    public static Command Create(Terminal terminal)
    {
        var data = new Option<string>("--data")
        {
            HelpName = "FILE|DIR",
            Description = "Prompts as JSONL: {\"image\": FILE, \"prompt\": TEXT}, of which one may be missing; "
                + "or a folder with annotations.jsonl.",
            Required = true,
        };
        var limit = CommonOptions.Integer("--limit", "N", $"Prompts to feed, the first of the list; {DefaultSamples} without it.", 1);
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "Save the scores, bound to the model, for quantize --importance.",
        };
        var json = CommonOptions.Json();
        var command = new Command("layers", "Score the decoder's blocks by how much they change what passes through them (LIM).")
        {
            data, limit, output, json,
        };
        var model = ModelOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(data)!;
            path = Directory.Exists(path) ? Path.Combine(path, Annotations) : path;
            var samples = LayerSample.Read(path, parsed.GetValue(limit) ?? DefaultSamples);
            var importance = await RunAsync(terminal, model.Read(parsed), samples, cancellationToken);
            if (importance.Samples == 0)
                throw new EvaluationException(Path.GetFileName(path), "no prompts", "at least one");
            if (parsed.GetValue(output) is { } file)
                importance.Write(file);
            Report(terminal, importance, parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<LayerImportance> RunAsync(
        Terminal terminal, ModelSettings settings, IEnumerable<LayerSample> samples, CancellationToken cancellationToken)
    {
        var context = settings.Context ?? DefaultContext;
        using var backend = new CpuBackend(new CpuOptions { Threads = settings.Threads });
        var named = settings.Model;
        var model = await Loading.RunAsync(
            terminal, $"loading {named.Name}", progress => named.Load(backend, context, progress, settings.Weights));
        using var host = new ModelHost(backend, [model], new ModelHostOptions
        {
            Engine = new EngineOptions { ContextLength = context, StepRows = StepRows, MaxOutputs = StepRows },
            ApplyExifOrientation = settings.ApplyExifOrientation,
        });
        return await new LayerModification(host, model).MeasureAsync(samples, progress: null, cancellationToken);
    }

    private static void Report(Terminal terminal, LayerImportance importance, bool asJson)
    {
        if (asJson)
        {
            Json.Print(terminal, json =>
            {
                json.WriteString("method", importance.Method);
                json.WriteStartArray("scores");
                foreach (var score in importance.Scores)
                    json.WriteNumberValue(Math.Round(score, Decimals));
                json.WriteEndArray();
                json.WriteNumber("samples", importance.Samples);
                json.WriteNumber("rows", importance.Rows);
            });
            return;
        }

        for (var layer = 0; layer < importance.Scores.Count; layer++)
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"block {layer,3}  {importance.Scores[layer],9:0.00000}"));
        terminal.Note($"{importance.Rows} rows of {importance.Samples} prompts; the larger the more important");
    }
}
