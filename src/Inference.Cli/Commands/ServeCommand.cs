using System.CommandLine;
using System.Diagnostics;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Server;
using Microsoft.Extensions.Logging;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox serve</c>: the gRPC server.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";
    private const int DefaultPort = 50051;
    private const int DefaultContext = 4096;
    private const int DefaultSequences = 64;
    private const int DefaultKvMegabytes = 1024;

    public static Command Create(Terminal terminal)
    {
        var models = new Option<string[]>("--model")
        {
            HelpName = "[NAME=]DIR|FILE.gguf",
            Description = "Model folder in Hugging Face layout, GGUF file, or folder of a GGUF file and its mmproj; repeat for several. "
                + "The bundled model without it.",
            DefaultValueFactory = _ => [],
        };
        var mmprojs = new Option<string[]>("--mmproj")
        {
            HelpName = "[NAME=]FILE.gguf",
            Description = "Image side (mmproj) of the decoder that --model names by its GGUF file; with several models NAME says of which.",
            DefaultValueFactory = _ => [],
        };
        var probes = new Option<string[]>("--probe")
        {
            HelpName = "[NAME=]FILE",
            Description = "Probe that requests may name, for the model that it was trained on; repeat for several.",
            DefaultValueFactory = _ => [],
        };
        var port = CommonOptions.Integer("--port", "N", $"Port to listen on; 0 takes a free one, {DefaultPort} without it.", 0, 65535);
        var host = new Option<string>("--host")
        {
            HelpName = "H",
            Description = "Address to listen on: an IP address, localhost, or * for all.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var certificate = new Option<string?>("--tls-certificate")
        {
            HelpName = "FILE",
            Description = "PEM certificate and its chain; needs --tls-key.",
        };
        var key = new Option<string?>("--tls-key") { HelpName = "FILE", Description = "PEM private key." };
        var prunings = new Option<string[]>("--pruning")
        {
            HelpName = "NAME=FILE",
            Description = "Stages of calibrate pruning, under a name for requests to the model that they are for; repeat for several.",
            DefaultValueFactory = _ => [],
        };
        var weights = WeightsOption.Create();
        var packs = new PackCacheOption();
        var threads = CommonOptions.Integer("--threads", "T", "Threads that share the work; one per processor without it.", 1, 1024);
        var context = CommonOptions.Integer("--context", "N", $"Longest sequence in tokens; {DefaultContext} without it.", 2);
        var sequences = CommonOptions.Integer(
            "--max-sequences", "N", $"Sequences that run at once, per model; {DefaultSequences} without it.", 1, 1024);
        var importance = new Option<string[]>("--importance")
        {
            HelpName = "NAME=FILE",
            Description = "A layer prior that requests may name (prior=NAME); repeat for several. From importance estimate --out.",
            DefaultValueFactory = _ => [],
        };
        var memory = CommonOptions.Integer(
            "--kv-cache-mb", "MB", $"Memory of the KV cache, per model; {DefaultKvMegabytes} without it. One sequence always fits.", 1,
            1 << 20);
        var prefixes = CommonOptions.Integer(
            "--prefix-cache-mb", "MB", "Memory of it that may be kept for requests with the same beginning; all of it without, 0 for none.",
            0, 1 << 20);
        var kv = KvOption.Create();
        var verbose = new Option<bool>("--verbose") { Description = "Log what happens, not only what goes wrong." };
        var command = new Command(Name, "Serve models over gRPC.")
        {
            models, mmprojs, probes, port, host, certificate, key, prunings,
            weights, packs.Place, packs.Shared, threads, context, sequences, importance, memory, prefixes, kv, verbose,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(certificate) is null != result.GetValue(key) is null)
            {
                result.AddError("--tls-certificate and --tls-key are given together or not at all");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new ServerOptions
            {
                Host = parsed.GetValue(host)!,
                Port = parsed.GetValue(port) ?? DefaultPort,
                Tls = parsed.GetValue(certificate) is { } file ? new TlsOptions(file, parsed.GetValue(key)!) : null,
            };
            var settings = new ModelServerSettings(
                NamedModel.WithMmprojs(Models(parsed.GetValue(models)!), parsed.GetValue(mmprojs)!),
                parsed.GetValue(threads) ?? 0, parsed.GetValue(context) ?? DefaultContext,
                parsed.GetValue(sequences) ?? DefaultSequences, parsed.GetValue(verbose) ? LogLevel.Information : LogLevel.Warning,
                WeightsOption.Read(parsed, weights))
            {
                Priors = NamedPrior.ParseAll(parsed.GetValue(importance)!),
                Packs = packs.Read(parsed),
                KvBytes = (long)(parsed.GetValue(memory) ?? DefaultKvMegabytes) << 20,
                PrefixCacheBytes = parsed.GetValue(prefixes) is { } megabytes ? (long)megabytes << 20 : long.MaxValue,
                KvFormat = KvOption.Read(parsed, kv),
                Probes = [.. parsed.GetValue(probes)!.Select(NamedProbe.Parse)],
                Prunings = NamedPruning.Read(parsed.GetValue(prunings)!),
            };
            await using var running = await ModelServer.StartAsync(terminal, options, settings, cancellationToken);
            var address = running.Server.Address.GetLeftPart(UriPartial.Authority);
            terminal.Out.WriteLine($"listening on {address}, ready in {(long)SinceStart().TotalMilliseconds} ms");
            await WaitAsync(running.Server, cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static NamedModel[] Models(string[] texts)
    {
        NamedModel[] models = texts.Length == 0 ? [NamedModel.Bundled()] : [.. texts.Select(NamedModel.Parse)];
        return models.GroupBy(model => model.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new UsageException($"--model: '{twice.Key}' names two models; write NAME=DIR to tell them apart")
            : models;
    }

    private static TimeSpan SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return DateTime.Now - process.StartTime;
    }

    // A signal ends it in order; a failure of the server ends it with that failure.
    private static async Task WaitAsync(GlassboxServer server, CancellationToken cancellationToken)
    {
        try
        {
            await server.Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await server.StopAsync();
        }
    }
}
