using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Inference.Cli.Benchmarks;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Gguf;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox export gguf</c>: a model, or random weights of a decoder, as files that llama.cpp reads.</summary>
internal static class ExportGgufCommand
{
    private const int DefaultContext = 8192;

    public static Command Create(Terminal terminal)
    {
        var model = new Option<string?>("--model") { HelpName = "DIR", Description = "Model folder; the bundled model without it." };
        var random = RandomShape.Option();
        var weights = new Option<string?>("--weights")
        {
            HelpName = "f32|bf16|f16|int8|int4",
            Description = "How matrices are written, int8 as Q8_0, int4 as Q4_0; as they are stored without it, random ones as bf16.",
        };
        weights.AcceptOnlyFromAmong("f32", "bf16", "f16", "int8", "int4");
        var context = CommonOptions.Integer(
            "--context", "N", $"Longest sequence of random weights; {DefaultContext} without it.", 2, 1 << 20);
        var target = new Option<string>("--out") { HelpName = "FILE.gguf", Description = "The file to write.", Required = true };
        var mmproj = new Option<string?>("--mmproj")
        {
            HelpName = "FILE.gguf",
            Description = "Also write tower and projector of a LLaVA, as they are stored, to this file.",
        };
        var json = CommonOptions.Json();
        var command = new Command("gguf", "Write a decoder with its tokenizer as a GGUF file.")
        {
            model, random, weights, context, target, mmproj, json,
        };
        RandomShape.Validate(command, random, model);
        command.Validators.Add(result =>
        {
            if (result.GetValue(random) is not null && result.GetValue(mmproj) is not null)
            {
                result.AddError("--mmproj: random weights have no image side; allowed with --model");
            }
        });
        command.SetAction(parsed =>
        {
            var (path, side) = (parsed.GetValue(target)!, parsed.GetValue(mmproj));
            var format = WeightsOption.Read(parsed, weights);
            List<(string Path, GgufExport Written)> files = parsed.GetValue(random) is { } text
                ? [(path, GgufExporter.ExportRandom(
                    RandomShape.Parse(text, out _)!, format ?? NumberFormat.BF16, parsed.GetValue(context) ?? DefaultContext, path))]
                : ExportFolder(parsed.GetValue(model) ?? BundledModel.Find(), format, path, side);
            Report(terminal, parsed.GetValue(json), files);
            return ExitCode.Success;
        });
        return command;
    }

    // What may be refused comes first, before a large file is written.
    private static List<(string Path, GgufExport Written)> ExportFolder(string folder, NumberFormat? weights, string path, string? mmproj)
    {
        using var checkpoint = Checkpoint.Open(folder);
        GgufExport? side = mmproj is null ? null : MmprojExporter.Export(checkpoint, mmproj);
        var decoder = GgufExporter.Export(checkpoint, weights, path);
        return side is null ? [(path, decoder)] : [(path, decoder), (mmproj!, side)];
    }

    private static void Report(Terminal terminal, bool asJson, List<(string Path, GgufExport Written)> files)
    {
        if (asJson)
        {
            Json.Print(terminal, json =>
            {
                Write(json, files[0].Path, files[0].Written);
                if (files.Count > 1)
                {
                    json.WriteStartObject("mmproj");
                    Write(json, files[1].Path, files[1].Written);
                    json.WriteEndObject();
                }
            });
            return;
        }

        foreach (var (path, written) in files)
        {
            terminal.Out.WriteLine(
                $"{path}: {written.Architecture}, {written.Dtype.FormatName()}, {written.Tensors} tensors, {Facts.Bytes(written.Bytes)}");
        }
    }

    private static void Write(Utf8JsonWriter json, string path, GgufExport written)
    {
        json.WriteString("file", path);
        json.WriteString("architecture", written.Architecture);
        json.WriteString("weights", written.Dtype.FormatName());
        json.WriteNumber("tensors", written.Tensors);
        json.WriteNumber("bytes", written.Bytes);
    }
}
