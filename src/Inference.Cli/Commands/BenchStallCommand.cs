using System.CommandLine;
using System.Globalization;
using Inference.Cli.Benchmarks;
using Inference.Cli.Benchmarks.Load;
using Inference.Cli.Benchmarks.Stalls;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Models.Loading;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox bench stall</c>: what those who stream notice of somebody else's image.</summary>
internal static class BenchStallCommand
{
    private const int Context = 8192;
    private const string DefaultShape = "llama:hidden=2048,layers=22,heads=32,kv=4,ffn=5632,vocab=32000";

    public static Command Create(Terminal terminal)
    {
        var random = RandomShape.Option();
        var weights = WeightsOption.Create();
        var threads = CommonOptions.Integer("--threads", "T", "Threads that share the work; one per processor without it.", 1, 1024);
        var streams = CommonOptions.Integer("--streams", "N", "Sequences that stream; 2 without it.", 1, 64);
        var json = CommonOptions.Json();
        var command = new Command(
            "stall",
            "Measure the time between tokens while an image of five tiles is encoded (CLIP ViT-L/14 at 336 pixels) and prefilled; random "
                + "weights.")
        {
            random, weights, threads, streams, json,
        };
        command.Validators.Add(result =>
        {
            if (RandomShape.Parse(result.GetValue(random) ?? DefaultShape, out var error) is null)
            {
                result.AddError($"--random: {error}");
            }
        });
        command.SetAction(async (parsed, _) =>
        {
            var shape = RandomShape.Parse(parsed.GetValue(random) ?? DefaultShape, out var _)!;
            var format = WeightsOption.Read(parsed, weights) ?? NumberFormat.BF16;
            using var backend = new CpuBackend(new CpuOptions { Threads = parsed.GetValue(threads) ?? 0 });
            terminal.Note("making random weights");
            using var decoder = RandomDecoder.Create(backend, shape, format, Context);
            using var vision = RandomVision.Create(
                backend, RandomVision.ClipLarge, RandomVision.ClipLargeBlocks, shape.Width, NumberFormat.BF16);
            var result = await new StallRun(backend, decoder, vision).RunAsync(
                parsed.GetValue(streams) ?? 2, stage => terminal.Note($"measuring: {stage}"));
            Json.Report(terminal, parsed.GetValue(json), result.Write, () => Print(terminal, result));

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(Terminal terminal, StallResult result)
    {
        var facts = new Facts(terminal);
        facts.Add("image", Invariant($"{result.Tiles} tiles, {result.Rows} rows; first token about it after {result.FirstToken:0.00} s"));
        facts.Add("streams alone", Text(result.Idle));
        facts.Add("beside it", Text(result.Beside));
        facts.Add("ratio", Invariant($"p99 beside the image over p50 alone: {result.Ratio:0.00}"));
        facts.Print();
    }

    private static string Text(Percentiles values) =>
        Invariant($"{values.Count} tokens, {values.P50:0.0} ms between two (p50), {values.P99:0.0} (p99), {values.Max:0.0} at most");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
