using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Inference.Cli.Benchmarks;
using Inference.Cli.Benchmarks.Methods;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute;
using Inference.Compute.Cpu;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox bench</c>: tokens per second, and how near that is to what the machine can do.</summary>
internal static class BenchCommand
{
    private const int MostTokens = 1 << 20;

    public static Command Create(Terminal terminal)
    {
        var model = new Option<string?>("--model")
        {
            HelpName = "DIR|FILE.gguf",
            Description = "Model folder or GGUF file; the bundled model without it.",
        };
        var mmproj = MmprojOption.Create();
        var random = RandomShape.Option();
        var format = new Option<string>("--format")
        {
            HelpName = "f32|bf16|f16",
            Description = "How random weights are stored; bf16 without it.",
            DefaultValueFactory = _ => "bf16",
        };
        format.AcceptOnlyFromAmong("f32", "bf16", "f16");
        var weights = WeightsOption.Create();
        var threads = CommonOptions.Integer("--threads", "T", "Threads that share the work; one per processor without it.", 1, 1024);
        var prompt = CommonOptions.Integer("--prompt-tokens", "N", "Length of the prompt; 512 without it.", 1, MostTokens);
        var decode = CommonOptions.Integer(
            "--decode-tokens", "N", "Tokens to generate; 64 without it, 256 with --methods, 16 with --candidates.", 2, MostTokens);
        var json = CommonOptions.Json();
        var command = new Command("bench", "Measure prefill and decode speed.")
        {
            model, mmproj, random, format, weights, threads, prompt, decode, json,
        };
        command.Add(BenchWorkloadCommand.Create(terminal));
        command.Add(BenchLoadCommand.Create(terminal));
        command.Add(BenchStallCommand.Create(terminal));
        var methods = MethodsOptions.AddTo(command);
        RandomShape.Validate(command, random, model, mmproj);
        command.SetAction(async (parsed, _) =>
        {
            var shape = parsed.GetValue(random) is { } text ? RandomShape.Parse(text, out var _) : null;
            var settings = new BenchSettings(
                shape is null ? parsed.GetValue(model) ?? BundledModel.Find() : null, shape,
                Enum.Parse<NumberFormat>(parsed.GetValue(format)!, ignoreCase: true), WeightsOption.Read(parsed, weights),
                parsed.GetValue(threads) ?? 0, parsed.GetValue(prompt) ?? 512, parsed.GetValue(decode) ?? 64)
            {
                Mmproj = parsed.GetValue(mmproj),
            };
            if (methods.Read(parsed, parsed.GetValue(decode)) is { } sizes)
            {
                await CompareAsync(terminal, settings, sizes, methods.Candidates(parsed), parsed.GetValue(json));
                return ExitCode.Success;
            }

            var result = await RunAsync(terminal, settings);
            Json.Report(
                terminal, parsed.GetValue(json), writer => Write(writer, result, settings), () => Print(terminal, result, settings));

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<BenchResult> RunAsync(Terminal terminal, BenchSettings settings)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = settings.Threads });
        using var model = await LoadAsync(
            terminal, settings, backend, BenchRun.ContextLength(settings), "--prompt-tokens and --decode-tokens");
        return await BenchRun.RunAsync(model, backend, settings, stage => terminal.Note($"measuring: {stage}"));
    }

    private static async Task CompareAsync(Terminal terminal, BenchSettings settings, MethodsSettings sizes, int? candidates, bool asJson)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = settings.Threads });
        using var model = await LoadAsync(
            terminal, settings, backend, sizes.ContextLength, "--image-rows, --text-tokens and --decode-tokens");
        if (candidates is { } count)
        {
            var cost = await CandidatesRun.RunAsync(model, backend, sizes, count, Note);
            CandidatesCostOutput.Print(terminal, model.Label, backend.Description, cost, asJson);
            return;
        }

        var costs = await MethodsRun.RunAsync(model, backend, sizes, Note);
        if (asJson)
        {
            Json.Print(terminal, writer =>
            {
                writer.WriteString("model", model.Label);
                writer.WriteString("backend", backend.Description);
                MethodCostTable.Write(writer, costs);
            });
        }
        else
        {
            MethodCostTable.Print(terminal, costs);
        }

        void Note(string stage) => terminal.Note($"measuring: {stage}");
    }

    /// <summary>Loads what is measured and checks that it has room for <paramref name="context"/> positions.</summary>
    internal static async Task<BenchModel> LoadAsync(
        Terminal terminal, BenchSettings settings, CpuBackend backend, int context, string options)
    {
        var model = await Loading.RunAsync(terminal, "loading", progress => BenchModel.Load(settings, backend, context, progress));
        if (model.Decoder.ContextLength >= context)
        {
            return model;
        }

        var found = model.Decoder.ContextLength;
        model.Dispose();
        throw new CommandException($"{options} need {context} positions; the model has {found}.");
    }

    private static void Write(Utf8JsonWriter json, BenchResult result, BenchSettings settings)
    {
        json.WriteString("model", result.Model);
        json.WriteString("backend", result.Backend);
        json.WriteNumber("prompt_tokens", settings.PromptTokens);
        json.WriteNumber("decode_tokens", settings.DecodeTokens);
        Number("prefill_tokens_per_second", result.PrefillTokensPerSecond);
        Number("decode_tokens_per_second", result.DecodeTokensPerSecond);
        json.WriteNumber("batch", BenchRun.Batch);
        Number("batch_decode_tokens_per_second", result.BatchDecodeTokensPerSecond);
        Number("bandwidth_share", result.BandwidthShare);
        Number("compute_share", result.ComputeShare);
        Number("memory_bytes_per_second", result.MemoryBandwidth);
        Number("peak_flops", result.PeakFlops);
        json.WriteNumber("weight_bytes", result.WeightBytes);
        json.WriteNumber("decode_bytes", result.DecodeBytes);
        if (result.ImageEncode is { } encode)
        {
            json.WriteMilliseconds("image_encode_ms", encode);
        }

        void Number(string name, double value) => json.WriteNumber(name, Math.Round(value, 4));
    }

    private static void Print(Terminal terminal, BenchResult result, BenchSettings settings)
    {
        var facts = new Facts(terminal);
        facts.Add("model", $"{result.Model}, {Facts.Bytes(result.WeightBytes)} of decoder weights");
        facts.Add("backend", result.Backend);
        facts.Add("memory", $"{Facts.Bytes(result.MemoryBandwidth)}/s read");
        facts.Add("peak", Invariant($"{result.PeakFlops / 1e9:0} GFLOP/s"));
        facts.Add("prefill", Invariant(
            $"{result.PrefillTokensPerSecond:0.0} tokens/s ({settings.PromptTokens} tokens, {result.ComputeShare:0%} of peak)"));
        facts.Add("decode", Invariant($"{result.DecodeTokensPerSecond:0.0} tokens/s ({result.BandwidthShare:0%} of memory bandwidth)"));
        facts.Add($"decode × {BenchRun.Batch}", Invariant($"{result.BatchDecodeTokensPerSecond:0.0} tokens/s"));
        if (result.ImageEncode is { } encode)
        {
            facts.Add("image", $"{AnswerNotes.Time(encode)} to encode");
        }

        facts.Print();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
