using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Cli.Tracing;
using Inference.Compute.Cpu;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox trace</c>: writes every number of one request into a safetensors file.</summary>
internal static class TraceCommand
{
    private const int DefaultContext = 8192;
    private const int MostBeside = 128;

    public static Command Create(Terminal terminal)
    {
        var images = CommonOptions.Images();
        var prompt = new Option<string>("--prompt")
        {
            HelpName = "TEXT",
            Required = true,
            Description = "The user's text; with --raw the whole prompt.",
        };
        var raw = new Option<bool>("--raw")
        {
            Description = "Tokenize the prompt as it is, <image> tokens and all, and generate exactly --max-tokens tokens.",
        };
        var output = new Option<string>("--out") { HelpName = "FILE", Required = true, Description = "The safetensors file to write." };
        var chunk = CommonOptions.Integer("--chunk", "N", "Prefill at most N rows a step; changes no bit of the result.", 1);
        var beside = CommonOptions.Integer(
            "--beside", "K", "Run K other requests in the same batch; changes no bit of the result.", 0, MostBeside);
        var json = CommonOptions.Json();
        var command = new Command("trace", "Write ids, pixels, image features, hidden states, logits and scores of a request to a file.")
        {
            images, prompt, raw, output, chunk, beside, json,
        };
        var model = ModelOptions.AddTo(command);
        var sampling = SamplingOptions.AddTo(command);
        var pruning = PruningOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new TraceSettings(
                model.Read(parsed), parsed.GetValue(images)!, parsed.GetValue(prompt)!, parsed.GetValue(raw), sampling.Read(parsed),
                parsed.GetValue(output)!, parsed.GetValue(chunk), parsed.GetValue(beside) ?? 0)
            {
                Pruning = pruning.Read(parsed),
            };
            var trace = await RunAsync(terminal, settings, cancellationToken);
            Report(terminal, trace, settings.Output, parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<TraceResult> RunAsync(Terminal terminal, TraceSettings settings, CancellationToken cancellationToken)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = settings.Model.Threads });
        var (named, context) = (settings.Model.Model, settings.Model.Context ?? DefaultContext);
        var (weights, packs) = (settings.Model.Weights, settings.Model.Packs);
        using var model = await Loading.RunAsync(
            terminal, "loading", progress => TraceModel.Load(named, backend, context, weights, packs, progress));
        var trace = await TraceRun.RunAsync(model, backend, settings, cancellationToken);
        TraceFile.Write(settings.Output, trace);
        return trace;
    }

    private static void Report(Terminal terminal, TraceResult trace, string output, bool json)
    {
        var usage = trace.Result.Usage;
        if (!json)
        {
            var states = $"{trace.Recorded.Hidden.Length} hidden states of {trace.Width}";
            terminal.Note($"{output}: {usage.PromptTokens} prompt rows, {states}, {trace.Generated.Count} tokens generated");
            return;
        }

        Json.Print(terminal, writer =>
        {
            writer.WriteString("out", Path.GetFullPath(output));
            writer.WriteString("text", trace.Text);
            writer.WriteNumbers("token_ids", trace.Generated.Select(id => (long)id));
            writer.WriteUsage(new AnswerUsage(usage.PromptTokens, usage.ImageTokens, usage.CompletionTokens) { Pruning = usage.Pruning });
        });
    }
}
