using System.CommandLine;
using System.CommandLine.Parsing;
using Inference.Cli.Benchmarks;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Gguf;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox export gguf</c>: the decoder of a model, or random weights, as a file that llama.cpp reads.</summary>
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
        var context = CommonOptions.Integer("--context", "N", $"Longest sequence of random weights; {DefaultContext} without it.", 2, 1 << 20);
        var target = new Option<string>("--out") { HelpName = "FILE.gguf", Description = "The file to write.", Required = true };
        var json = CommonOptions.Json();
        var command = new Command("gguf", "Write a decoder with its tokenizer as a GGUF file.") { model, random, weights, context, target, json };
        RandomShape.Validate(command, random, model);
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(target)!;
            var format = WeightsOption.Read(parsed, weights);
            var written = parsed.GetValue(random) is { } text
                ? GgufExporter.ExportRandom(RandomShape.Parse(text, out _)!, format ?? NumberFormat.BF16, parsed.GetValue(context) ?? DefaultContext, path)
                : ExportFolder(parsed.GetValue(model) ?? BundledModel.Find(), format, path);
            Report(terminal, parsed.GetValue(json), path, written);
            return ExitCode.Success;
        });
        return command;
    }

    private static GgufExport ExportFolder(string folder, NumberFormat? weights, string path)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return GgufExporter.Export(checkpoint, weights, path);
    }

    private static void Report(Terminal terminal, bool asJson, string path, GgufExport written)
    {
        if (asJson)
        {
            Json.Print(terminal, json =>
            {
                json.WriteString("file", path);
                json.WriteString("architecture", written.Architecture);
                json.WriteString("weights", written.Dtype.FormatName());
                json.WriteNumber("tensors", written.Tensors);
                json.WriteNumber("bytes", written.Bytes);
            });
        }
        else
        {
            terminal.Out.WriteLine(
                $"{path}: {written.Architecture}, {written.Dtype.FormatName()}, {written.Tensors} tensors, {Facts.Bytes(written.Bytes)}");
        }
    }
}
