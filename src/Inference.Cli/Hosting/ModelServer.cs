using Inference.Cli.Output;
using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Engine;
using Inference.Grounding;
using Inference.Models.Loading;
using Inference.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Inference.Cli.Hosting;

/// <summary>How <see cref="ModelServer"/> runs.</summary>
/// <param name="Models">The models; the first is the default.</param>
/// <param name="Threads">0: one per processor.</param>
/// <param name="Context">Longest sequence to prepare for.</param>
/// <param name="MaxSequences">Sequences that run at once, per model.</param>
/// <param name="LogLevel">What is logged on standard error.</param>
/// <param name="Weights">How the decoders' matrices are held; null: as they are stored.</param>
internal sealed record ModelServerSettings(
    IReadOnlyList<NamedModel> Models, int Threads, int Context, int MaxSequences, LogLevel LogLevel, NumberFormat? Weights = null)
{
    /// <summary>Layer priors that requests may name.</summary>
    public IReadOnlyList<NamedPrior> Priors { get; init; } = [];

    /// <summary>Where packed weights are kept.</summary>
    public PackCache Packs { get; init; } = PackCache.Off;

    /// <summary>Memory of the KV cache, per model.</summary>
    public long KvBytes { get; init; } = new EngineOptions().KvBytes;

    /// <summary>How it holds keys and values.</summary>
    public NumberFormat KvFormat { get; init; } = NumberFormat.F32;

    /// <summary>Memory of it that may be kept for requests with the same beginning; 0 for none.</summary>
    public long PrefixCacheBytes { get; init; } = new EngineOptions().PrefixCacheBytes;

    /// <summary>Probes that requests may name.</summary>
    public IReadOnlyList<NamedProbe> Probes { get; init; } = [];

    /// <summary>Calibrated ways to drop image rows.</summary>
    public IReadOnlyList<NamedPruning> Prunings { get; init; } = [];
}

/// <summary>A server over models loaded into this process, with the backend that runs them.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly CpuBackend _backend;

    private ModelServer(CpuBackend backend, GlassboxServer server) => (_backend, Server) = (backend, server);

    /// <summary>The server.</summary>
    public GlassboxServer Server { get; }

    /// <summary>Listens at once, loads the models and returns when calls are answered.</summary>
    public static async Task<ModelServer> StartAsync(
        Terminal terminal, ServerOptions options, ModelServerSettings settings, CancellationToken cancellationToken)
    {
        var backend = new CpuBackend(new CpuOptions { Threads = settings.Threads });
        GlassboxServer? server = null;
        try
        {
            server = await GlassboxServer.StartAsync(
                options, _ => LoadAsync(terminal, backend, options, settings), logging => ConfigureLogging(logging, settings.LogLevel),
                cancellationToken);
            await server.Ready.WaitAsync(cancellationToken);
            return new ModelServer(backend, server);
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            backend.Dispose();
            throw;
        }
    }

    private static async Task<ModelHost> LoadAsync(
        Terminal terminal, CpuBackend backend, ServerOptions options, ModelServerSettings settings)
    {
        var models = new List<ServedModel>();
        try
        {
            foreach (var model in settings.Models)
            {
                models.Add(await Loading.RunAsync(
                    terminal, $"loading {model.Name}",
                    progress => model.Load(backend, settings.Context, progress, settings.Weights, settings.Packs)));
            }

            NamedPrior.AddTo(models, settings.Priors);
            NamedPruning.Assign(settings.Prunings, models);
            foreach (var probe in settings.Probes)
            {
                probe.AddTo(models);
            }

            return new ModelHost(backend, models, new ModelHostOptions
            {
                Engine = new EngineOptions
                {
                    ContextLength = settings.Context,
                    MaxSequences = settings.MaxSequences,
                    KvBytes = settings.KvBytes,
                    KvFormat = settings.KvFormat,
                    PrefixCacheBytes = settings.PrefixCacheBytes,
                    SlowReaderTimeout = options.SlowReaderTimeout,
                },
            });
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _backend.Dispose();
    }
}
