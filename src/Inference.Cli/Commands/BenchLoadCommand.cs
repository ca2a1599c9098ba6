using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Inference.Cli.Assistants;
using Inference.Cli.Benchmarks.Load;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Server;
using Microsoft.Extensions.Logging;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox bench load</c>: many clients of a server, over gRPC.</summary>
internal static class BenchLoadCommand
{
    private const int DefaultRequests = 64, DefaultClients = 8, DefaultTokens = 32, DefaultImages = 16, DefaultContext = 1024;
    private const int Most = 1 << 20;

    public static Command Create(Terminal terminal)
    {
        var requests = CommonOptions.Integer("--requests", "N", $"Requests in all; {DefaultRequests} without it.", 1, Most);
        var clients = CommonOptions.Integer(
            "--clients", "N", $"Clients that ask one question after the other; {DefaultClients} without it.", 1, 1024);
        var rate = CommonOptions.Number<float>("--rate", "R", "Requests a second instead, at random times, whether or not answers come.");
        var images = new Option<string[]>("--image")
        {
            HelpName = "FILE",
            Description = "Shown in turn; repeat for several. The bundled scenes without it.",
            DefaultValueFactory = _ => [],
        };
        var distinct = CommonOptions.Integer(
            "--images", "N", $"Different images of the bundled scenes; 1 is shared by all; {DefaultImages} without it.", 1, 300);
        var share = CommonOptions.Number<float>("--image-share", "X", "Share of the requests that show an image; 1 without it.");
        var prompts = new Option<string[]>("--prompt")
        {
            HelpName = "TEXT",
            Description = "Asked in turn; repeat for several.",
            DefaultValueFactory = _ => ["Describe the image."],
        };
        var tokens = CommonOptions.Integer("--max-tokens", "N", $"Most tokens of an answer; {DefaultTokens} without it.", 1, Most);
        var seed = CommonOptions.Number<ulong>("--seed", "N", "Of the random times and of which requests show an image; 0 without it.");
        var plot = new Option<string?>("--plot")
        {
            HelpName = "FILE.svg",
            Description = "Draw when each request waited and streamed, and how times are distributed.",
        };
        var json = CommonOptions.Json();
        var command = new Command("load", "Measure a server under load over gRPC: --server, or one that is started for it.")
        {
            requests, clients, rate, images, distinct, share, prompts, tokens, seed, plot, json,
        };
        var assistants = AssistantOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new LoadSettings(
                parsed.GetValue(requests) ?? DefaultRequests, parsed.GetValue(clients) ?? DefaultClients, parsed.GetValue(rate),
                parsed.GetValue(share) ?? 1, parsed.GetValue(tokens) ?? DefaultTokens, parsed.GetValue(seed) ?? 0);
            Check(settings, parsed.GetResult(clients) is not null);
            var plan = LoadRequest.Plan(settings, Images(parsed.GetValue(images)!, parsed.GetValue(distinct)), parsed.GetValue(prompts)!);
            var result = await RunAsync(terminal, parsed, assistants, settings, plan, cancellationToken);
            if (parsed.GetValue(plot) is { } file)
            {
                await File.WriteAllTextAsync(file, LoadPicture.Draw(result), cancellationToken);
            }

            Json.Report(terminal, parsed.GetValue(json), result.Write, () => Print(terminal, result));

            return result.Failures.Any() ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }

    private static void Check(LoadSettings settings, bool hasClients)
    {
        if (settings.Rate is { } rate && (hasClients || rate is not (> 0 and <= 1e6)))
        {
            throw new UsageException(hasClients
                ? "--rate: found --clients as well; allowed: one of them"
                : string.Create(CultureInfo.InvariantCulture, $"--rate: found {rate}; allowed: above 0, up to 1000000"));
        }

        if (settings.ImageShare is not (>= 0 and <= 1))
        {
            throw new UsageException(
                string.Create(CultureInfo.InvariantCulture, $"--image-share: found {settings.ImageShare}; allowed: 0 to 1"));
        }
    }

    private static byte[][] Images(string[] files, int? distinct)
    {
        if (files.Length > 0)
        {
            return distinct is null ? [.. files.Select(File.ReadAllBytes)]
                : throw new UsageException("--images: found --image as well; allowed: one of them");
        }

        var folder = Path.Combine(BundledModel.FindScenes(), "images");
        var pictures = Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal);
        return [.. pictures.Take(distinct ?? DefaultImages).Select(File.ReadAllBytes)];
    }

    private static async Task<LoadResult> RunAsync(
        Terminal terminal, ParseResult parsed, AssistantOptions assistants, LoadSettings settings, LoadRequest[] plan,
        CancellationToken cancellationToken)
    {
        await using var own = assistants.Server(parsed) is null
            ? await StartAsync(terminal, assistants.Model(parsed), cancellationToken)
            : null;
        await using var assistant = own is null
            ? new RemoteAssistant(assistants.Server(parsed)!, assistants.Named(parsed) ?? "")
            : new RemoteAssistant(own.Server.Address, "");
        var run = new LoadRun(assistant, settings);
        await run.WarmUpAsync(plan[0], cancellationToken);
        var before = await assistant.LoadAsync(cancellationToken);
        var samples = await run.RunAsync(plan, cancellationToken);
        var model = samples.Select(sample => sample.Answer?.Model).FirstOrDefault(name => name is not null) ?? "";
        return new LoadResult(model, settings, samples, before, await assistant.LoadAsync(cancellationToken));
    }

    private static Task<ModelServer> StartAsync(Terminal terminal, ModelSettings model, CancellationToken cancellationToken)
    {
        var context = model.Context ?? DefaultContext;
        var settings = new ModelServerSettings([model.Model], model.Threads, context, MaxSequences: 32, LogLevel.Warning, model.Weights)
        {
            Packs = model.Packs,
        };
        return ModelServer.StartAsync(terminal, new ServerOptions { Port = 0 }, settings, cancellationToken);
    }

    private static void Print(Terminal terminal, LoadResult result)
    {
        var facts = new Facts(terminal);
        facts.Add("model", result.Model);
        facts.Add("load", result.Settings.Rate is { } rate
            ? Invariant($"{result.Samples.Count} requests, {rate:0.##} a second (open loop)")
            : Invariant($"{result.Samples.Count} requests of {result.Settings.Clients} clients (closed loop)"));
        facts.Add(
            "throughput",
            Invariant($"{result.RequestsPerSecond:0.00} answers/s, {result.TokensPerSecond:0.0} tokens/s in {result.Seconds:0.00} s"));
        facts.Add("first token", Text(result.FirstToken));
        facts.Add("between tokens", Text(result.Gaps));
        facts.Add("whole answer", Text(result.Total));
        var (hits, images) = (result.ImageHits, result.ImageHits + result.ImageMisses);
        facts.Add(
            "prompts",
            Invariant(
                $"{result.PromptTokens} tokens, {result.CachedTokens} of them in the cache; images found encoded {hits} of {images}"));
        facts.Add(
            "steps",
            Invariant(
                $"{result.Steps}, {result.RowsPerStep:0.0} rows each, {result.After.Preemptions - result.Before.Preemptions} preemptions"));
        facts.Add(
            "memory",
            Invariant(
                $"{Facts.Bytes(result.After.ResidentBytes)} resident, {Facts.Bytes(result.AllocatedBytes)} of managed memory handed out"));
        foreach (var (status, count) in result.Failures)
        {
            facts.Add("failed", Invariant($"{count} with {status}"));
        }

        facts.Print();
    }

    private static string Text(Percentiles values) =>
        Invariant($"p50 {values.P50:0.0} ms, p90 {values.P90:0.0}, p99 {values.P99:0.0}, most {values.Max:0.0}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
