using System.Diagnostics;
using Glassbox.V1;
using Grpc.HealthCheck;
using Inference.Grounding;
using Inference.Server.Hosting;
using Inference.Server.Images;
using Inference.Server.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Inference.Server;

/// <summary>
/// The gRPC server: glassbox.v1 with health and reflection on Kestrel. It listens at once and answers UNAVAILABLE until its models are
/// loaded. Stopping it drains it: health turns NOT_SERVING, new calls are refused, running ones may end.
/// </summary>
public sealed class GlassboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServerOptions _options;
    private readonly ServerState _state;
    private readonly HealthServiceState _health;
    private readonly ImageWork _work;
    private readonly ILogger _logger;
    private readonly EngineWatchdog _watchdog;
    private readonly Task<ModelHost> _loading;
    private readonly Lazy<Task> _stopping;

    private GlassboxServer(
        WebApplication app, ServerOptions options, ServerState state, HealthServiceState health, ImageWork work,
        Func<CancellationToken, Task<ModelHost>> load)
    {
        (_app, _options, _state, _health, _work) = (app, options, state, health, work);
        _logger = app.Services.GetRequiredService<ILogger<GlassboxServer>>();
        _watchdog = new EngineWatchdog(OnEngineFailed);
        _stopping = new Lazy<Task>(() => DrainAndStopAsync());
        var address = app.Urls.First();
        Address = new Uri(
            address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        Log.Listening(_logger, address);
        _loading = LoadAsync(load);
    }

    /// <summary>Where clients on this machine reach it: <c>http://127.0.0.1:50051</c>.</summary>
    public Uri Address { get; }

    /// <summary>The port it listens on.</summary>
    public int Port => Address.Port;

    /// <summary>Ends when the models are loaded and calls are answered; faults with what went wrong in loading.</summary>
    public Task<ModelHost> Ready => _loading;

    /// <summary>
    /// Faults when the server cannot go on (models that do not load, a step loop that has ended); ends when it has stopped. A process
    /// waits for it and exits.
    /// </summary>
    public Task Completion => _watchdog.Completion;

    /// <summary>Starts to listen and loads the models beside.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="load">Loads the models; the server disposes what it returns.</param>
    /// <param name="configureLogging">Where the log goes; nowhere unless given.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ServerOptionsException">Options out of range; the message lists them all.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<GlassboxServer> StartAsync(
        ServerOptions options, Func<CancellationToken, Task<ModelHost>> load, Action<ILoggingBuilder>? configureLogging = null,
        CancellationToken cancellationToken = default)
    {
        if (ServerOptionsValidator.Validate(options) is { Count: > 0 } problems)
        {
            throw new ServerOptionsException(problems);
        }

        var (state, health, work) = (new ServerState(options), new HealthServiceState(), new ImageWork(options.Images));
        health.SetStatus(VisionLanguageService.Descriptor.FullName, ServingStatus.NotServing);
        var app = WebHost.Build(options, state, health, work, configureLogging);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return new GlassboxServer(app, options, state, health, work, load);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a server over loaded models, which it disposes when it stops.</summary>
    public static Task<GlassboxServer> StartAsync(
        ServerOptions options, ModelHost models, Action<ILoggingBuilder>? configureLogging = null,
        CancellationToken cancellationToken = default) =>
        StartAsync(options, _ => Task.FromResult(models), configureLogging, cancellationToken);

    /// <summary>
    /// Drains and stops: no new calls, running ones have <see cref="ServerOptions.DrainTimeout"/>, then they are cancelled. Repeated calls
    /// wait for the first.
    /// </summary>
    public Task StopAsync() => _stopping.Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task<ModelHost> LoadAsync(Func<CancellationToken, Task<ModelHost>> load)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var models = await Task.Run(() => load(_state.Stopping)).ConfigureAwait(false);
            _watchdog.Watch(models.Engine);
            _state.Serve(models);
            if (!_stopping.IsValueCreated)
            {
                _health.SetAll(ServingStatus.Serving);
            }

            Log.Serving(
                _logger, string.Join(", ", models.Models.Select(model => model.Name)),
                (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return models;
        }
        catch (Exception failure) when (!_state.Stopping.IsCancellationRequested)
        {
            Log.LoadingFailed(_logger, failure);
            _state.Fail();
            _watchdog.Fail(failure);
            throw;
        }
    }

    private void OnEngineFailed(Exception failure)
    {
        Log.EngineFailed(_logger, failure);
        _state.Fail();
        _health.SetAll(ServingStatus.NotServing);
    }

    private async Task DrainAndStopAsync()
    {
        Log.Draining(_logger, _options.DrainTimeout);
        _health.SetAll(ServingStatus.NotServing);
        var left = _state.Drain();
        try
        {
            await left.WaitAsync(_options.DrainTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.DrainTimedOut(_logger);
        }

        _state.CancelCalls();
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await left.ConfigureAwait(false);
        await ((Task)_loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _watchdog.DisposeAsync().ConfigureAwait(false);
        if (_loading.IsCompletedSuccessfully)
        {
            (await _loading.ConfigureAwait(false)).Dispose();
        }

        _work.Dispose();
        _state.Dispose();
    }
}
