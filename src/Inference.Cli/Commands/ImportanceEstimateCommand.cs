using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Grounding.Evaluation;
using Inference.Grounding.Importance;
using Spectre.Console;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox importance estimate</c>: a prior over layers from descriptions that were located again.</summary>
internal static class ImportanceEstimateCommand
{
    private const int DefaultRegions = 400;
    private const int DefaultPerRegion = 4;
    private const int Decimals = 6;

    public static Command Create(Terminal terminal)
    {
        var data = new Option<string?>("--data")
        {
            HelpName = "FILE|DIR",
            Description = "Images with regions as JSONL: {\"image\": FILE, \"objects\": [{\"box\": [x1, y1, x2, y2]}]}, boxes in 0..1; "
                + "or a folder with annotations.jsonl.",
        };
        var released = new Option<string?>("--from-candidates")
        {
            HelpName = "FILE",
            Description = "Candidates that are scored already: a JSON array of {\"layer\", \"iou\", \"sam_score\"}, "
                + "those of a region one after the other.",
        };
        var layers = new Option<string?>("--layers") { HelpName = "L,L,…", Description = "Layers to subtract; 0 to L - 1 without it." };
        var perRegion = CommonOptions.Integer("--per-region", "K", $"Candidates of a region; {DefaultPerRegion} without it.", 1, 1024);
        var regions = CommonOptions.Integer("--regions", "N", $"Regions to draw from the data; {DefaultRegions} without it.", 1);
        var seed = CommonOptions.Number<ulong>("--seed", "N", "Of the draws of regions and layers; 0 without it.");
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "Save the prior, bound to the model, for --set prior=@FILE and serve --importance.",
        };
        var json = CommonOptions.Json();
        var command = new Command("estimate", "Estimate a prior over layers by cycle consistency (PIE of Unleash-then-Eliminate).")
        {
            data, released, layers, perRegion, regions, seed, output, json,
        };
        var model = ModelOptions.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(data) is null == result.GetValue(released) is null)
            {
                result.AddError("--data, --from-candidates: found both or none; allowed: one of them");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var perRegionCount = parsed.GetValue(perRegion) ?? DefaultPerRegion;
            LayerPrior prior;
            if (parsed.GetValue(released) is { } candidates)
            {
                using var file = EvaluationFile.Open(candidates);
                prior = PriorEstimate.Of(ReleasedCandidates.Read(file.Source, perRegionCount));
            }
            else
            {
                var request = new ImportanceRequest(
                    parsed.GetValue(data)!, parsed.GetValue(layers), perRegionCount, parsed.GetValue(regions) ?? DefaultRegions,
                    parsed.GetValue(seed) ?? 0);
                prior = await ImportanceRun.EstimateAsync(terminal, model.Read(parsed), request, cancellationToken);
            }

            if (parsed.GetValue(output) is { } path)
            {
                new ImportanceFile(ModelFacts.Read(model.Read(parsed).Model).Fingerprint, prior).Save(path);
            }

            Report(terminal, prior, parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Report(Terminal terminal, LayerPrior prior, bool asJson)
    {
        if (asJson)
        {
            Json.Print(terminal, writer =>
            {
                writer.WriteNumbers("layers", prior.Layers.Select(layer => (long)layer));
                Write(writer, "prior", prior.Prior);
                Write(writer, "standard_error", prior.StandardError);
                writer.WriteNumber("regions", prior.Regions);
            });
            return;
        }

        var table = new Table().RoundedBorder().AddColumn("layer").AddColumn("prior").AddColumn("standard error");
        for (var i = 0; i < prior.Layers.Count; i++)
        {
            table.AddRow(prior.Layers[i].ToString(CultureInfo.InvariantCulture), Format(prior.Prior[i]), Format(prior.StandardError[i]));
        }

        terminal.Console().Write(table);
        terminal.Note($"{prior.Regions} regions; equal layers would have {Format(1.0 / prior.Layers.Count)}");
    }

    private static string Format(double value) => value.ToString("0.00000", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<double> numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers)
        {
            writer.WriteNumberValue(Math.Round(number, Decimals));
        }

        writer.WriteEndArray();
    }
}
