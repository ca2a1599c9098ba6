using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Quantization;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox quantize</c>: a model folder with smaller weights.</summary>
internal static class QuantizeCommand
{
    private const long Megabyte = 1 << 20;

    public static Command Create(Terminal terminal)
    {
        var model = new Option<string?>("--model")
        {
            HelpName = "DIR",
            Description = "Model folder in Hugging Face layout; the bundled model without it.",
        };
        var target = new Option<string>("--out")
        {
            HelpName = "DIR",
            Description = "The folder to write; one that a stopped run left is completed.",
            Required = true,
        };
        var weights = new Option<string?>("--weights")
        {
            HelpName = "int8|int4",
            Description = "What the decoder's matrices become; embeddings and vocabulary matrix become int8. "
                + "int8 without it, int4 with --bits.",
        };
        weights.AcceptOnlyFromAmong("int8", "int4");
        var asymmetric = new Option<bool>("--asymmetric")
        {
            Description = "Give groups of int4 an offset beside their scale: 5 bits a weight instead of 4.5.",
        };
        var bits = BitsOption.Create();
        var importance = new Option<string?>("--importance")
        {
            HelpName = "FILE",
            Description = "Scores of the blocks for --bits, as glassbox importance layers writes them.",
        };
        var shard = CommonOptions.Integer(
            "--shard-mb", "N", $"Largest weight file, in MiB; {FolderQuantizer.DefaultShardBytes / Megabyte} without it.", 1, 1 << 20);
        var json = CommonOptions.Json();
        var command = new Command("quantize", "Write a model folder again with its decoder's weights in 8 or 4 bits.")
        {
            model, target, weights, asymmetric, bits, importance, shard, json,
        };
        command.Validators.Add(result =>
        {
            // Values that are not among the allowed ones have been told already and cannot be asked for here.
            if (result.GetResult(weights)?.Tokens is [{ Value: "int8" }]
                && (result.GetValue(asymmetric) || result.GetResult(bits) is not null))
                result.AddError("--weights: found int8; allowed with --asymmetric and --bits: int4");
            if (result.GetResult(importance) is not null && result.GetResult(bits) is null)
                result.AddError("--importance: found without --bits; allowed: together");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var checkpoint = Checkpoint.Open(parsed.GetValue(model) ?? BundledModel.Find());
            var low = parsed.GetValue(asymmetric) ? NumberFormat.Int4Asymmetric : NumberFormat.Int4;
            var isLow = parsed.GetValue(weights) == "int4" || parsed.GetValue(asymmetric);
            var scores = parsed.GetValue(bits) is null ? null : Scores(checkpoint, parsed.GetValue(importance), cancellationToken);
            var plan = scores is null
                ? QuantizationPlan.Uniform(checkpoint.Config.Text.Layers, isLow ? low : NumberFormat.Int8)
                : QuantizationPlan.ByImportance(scores, parsed.GetValue(bits)!.Value, low);
            var path = parsed.GetValue(target)!;
            var shardBytes = parsed.GetValue(shard) is { } megabytes ? megabytes * Megabyte : FolderQuantizer.DefaultShardBytes;
            var written = await Loading.RunAsync(
                terminal, "quantising",
                progress => FolderQuantizer.Run(checkpoint, path, plan, shardBytes, progress, cancellationToken));
            Report(terminal, parsed.GetValue(json), path, plan, scores, written);
            return ExitCode.Success;
        });
        return command;
    }

    private static IReadOnlyList<double> Scores(Checkpoint checkpoint, string? file, CancellationToken cancellationToken) => file is null
        ? [.. ZScoreDistribution.Of(checkpoint, cancellationToken).Select(share => -share)]
        : LayerImportance.Read(file, checkpoint).Scores;

    private static void Report(
        Terminal terminal, bool asJson, string path, QuantizationPlan plan, IReadOnlyList<double>? scores, QuantizedFolder written)
    {
        if (asJson)
        {
            Json.Print(terminal, json =>
            {
                json.WriteString("out", Path.GetFullPath(path));
                json.WriteNumber("source_bytes", written.SourceBytes);
                json.WriteNumber("bytes", written.Bytes);
                json.WriteNumber("bits_per_weight", Math.Round(written.BitsPerWeight, 4));
                json.WriteNumber("weight_files", written.Shards);
                json.WriteNumber("reused_files", written.ReusedShards);
                WriteLayers(json, plan, scores);
            });
            return;
        }

        var high = plan.Layers.Count(format => format == NumberFormat.Int8);
        if (scores is not null)
        {
            for (var layer = 0; layer < plan.Layers.Count; layer++)
            {
                terminal.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"block {layer,3}  {scores[layer],9:0.00000}  {plan.Layers[layer].Name()}"));
            }
        }

        terminal.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {high} of {plan.Layers.Count} blocks in 8 bits, {written.BitsPerWeight:0.00} bits a weight with scales, "
            + $"{Facts.Bytes(written.Bytes)} instead of {Facts.Bytes(written.SourceBytes)}"));
        if (written.ReusedShards > 0)
            terminal.Note($"{written.ReusedShards} of {written.Shards} weight files were there");
    }

    private static void WriteLayers(Utf8JsonWriter json, QuantizationPlan plan, IReadOnlyList<double>? scores)
    {
        json.WriteStartArray("layers");
        for (var layer = 0; layer < plan.Layers.Count; layer++)
        {
            json.WriteStartObject();
            json.WriteString("weights", plan.Layers[layer].Name());
            if (scores is not null)
                json.WriteNumber("importance", Math.Round(scores[layer], 6));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
