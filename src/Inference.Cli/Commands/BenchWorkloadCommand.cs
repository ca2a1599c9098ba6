using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Inference.Cli.Benchmarks;
using Inference.Cli.Benchmarks.Workloads;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute;
using Inference.Compute.Cpu;

namespace Inference.Cli.Commands;

/// <summary>
/// <c>glassbox bench workload</c>: requests that arrive together, with what they share; the side of a comparison with another engine.
/// </summary>
internal static class BenchWorkloadCommand
{
    private const int Most = 1 << 20;

    public static Command Create(Terminal terminal)
    {
        var model = new Option<string?>("--model") { HelpName = "DIR|FILE.gguf", Description = "Model; the bundled model without it." };
        var random = RandomShape.Option();
        var weights = WeightsOption.Create();
        var threads = CommonOptions.Integer("--threads", "T", "Threads that share the work; one per processor without it.", 1, 1024);
        var requests = CommonOptions.Integer("--requests", "N", "Requests that arrive together; 1 without it.", 1, 1024);
        var shared = CommonOptions.Integer("--shared-tokens", "N", "Tokens that all prompts begin with; 0 without it.", 0, Most);
        var image = CommonOptions.Integer("--image-rows", "N", "Rows of one image behind these, in all prompts; 0 without it.", 0, Most);
        var own = CommonOptions.Integer("--own-tokens", "N", "Tokens that every prompt has for itself; 32 without it.", 1, Most);
        var decode = CommonOptions.Integer("--decode-tokens", "N", "Tokens to generate for each; 32 without it.", 2, Most);
        var kv = KvOption.Create();
        var rounds = CommonOptions.Integer("--rounds", "N", "Measurements; 1 without it.", 1, 1000);
        var json = CommonOptions.Json();
        var command = new Command("workload", "Measure requests that arrive together and share a prefix or an image.")
        {
            model, random, weights, threads, requests, shared, image, own, decode, kv, rounds, json,
        };
        var pruning = PruningOptions.AddTo(command);
        RandomShape.Validate(command, random, model);
        command.SetAction(async (parsed, _) =>
        {
            var shape = parsed.GetValue(random) is { } text ? RandomShape.Parse(text, out var _) : null;
            var source = new BenchSettings(
                shape is null ? parsed.GetValue(model) ?? BundledModel.Find() : null, shape, NumberFormat.BF16,
                WeightsOption.Read(parsed, weights), parsed.GetValue(threads) ?? 0, PromptTokens: 0, DecodeTokens: 0);
            var plan = pruning.Read(parsed);
            if (plan is { Schedule: null })
            {
                throw new UsageException(
                    "--prune, --reduce: found no stages; allowed: stages given here: rows of the image are random, no tower makes them");
            }

            var settings = new WorkloadSettings(
                parsed.GetValue(requests) ?? 1, parsed.GetValue(shared) ?? 0, parsed.GetValue(image) ?? 0, parsed.GetValue(own) ?? 32,
                parsed.GetValue(decode) ?? 32, plan, parsed.GetValue(rounds) ?? 1, KvOption.Read(parsed, kv));
            var result = await RunAsync(terminal, source, settings);
            Json.Report(terminal, parsed.GetValue(json), result.Write, () => Print(terminal, result));

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<WorkloadResult> RunAsync(Terminal terminal, BenchSettings source, WorkloadSettings settings)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = source.Threads });
        using var model = await BenchCommand.LoadAsync(
            terminal, source, backend, settings.ContextLength, "--shared-tokens, --image-rows, --own-tokens and --decode-tokens");
        return await WorkloadRun.RunAsync(model, backend, settings, stage => terminal.Note($"measuring: {stage}"));
    }

    private static void Print(Terminal terminal, WorkloadResult result)
    {
        var facts = new Facts(terminal);
        facts.Add("model", $"{result.Model}, {Facts.Bytes(result.WeightBytes)} of decoder weights");
        facts.Add("backend", result.Backend);
        facts.Add("time", Invariant($"{result.Seconds:0.000} s, first token after {result.FirstTokenSeconds:0.000} s"));
        facts.Add("total", Invariant($"{result.TotalTokensPerSecond:0.0} tokens/s"));
        facts.Add("prefill", Invariant($"{result.PrefillTokensPerSecond:0.0} tokens/s"));
        facts.Add("decode", Invariant($"{result.DecodeTokensPerSecond:0.0} tokens/s"));
        facts.Add("memory", Invariant($"{Facts.Bytes(result.ResidentBytes)} resident, {result.ResidentShare:0.00} of weights and KV"));
        facts.Print();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
