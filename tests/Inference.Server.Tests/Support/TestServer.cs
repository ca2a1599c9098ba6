using Glassbox.V1;
using Grpc.Net.Client;
using Inference.Compute.Cpu;
using Inference.Engine;
using Inference.Grounding;

namespace Inference.Server.Tests.Support;

/// <summary>A server over the bundled model on a free port of this machine, and a client for it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly CpuBackend _backend;
    private readonly GrpcChannel _channel;

    private TestServer(CpuBackend backend, ModelHost models, GlassboxServer server)
    {
        (_backend, Models, Server) = (backend, models, server);
        _channel = NewChannel();
        Client = new VisionLanguageService.VisionLanguageServiceClient(_channel);
    }

    public ModelHost Models { get; }

    public GlassboxServer Server { get; }

    public VisionLanguageService.VisionLanguageServiceClient Client { get; }

    public GrpcChannel Channel => _channel;

    public static EngineOptions SmallEngine { get; } = new() { ContextLength = 1024, KvBytes = 64 << 20 };

    public static async Task<TestServer> StartAsync(
        ServerOptions? options = null, EngineOptions? engine = null, IReadOnlyList<(string Name, string Folder)>? models = null,
        Action<ServedModel>? prepare = null)
    {
        engine ??= SmallEngine;
        var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        models ??= [("demo", Demo.Model)];
        var loaded = models.Select(model => ServedModel.Load(model.Name, model.Folder, backend, engine.ContextLength)).ToArray();
        Array.ForEach(loaded, model => prepare?.Invoke(model));
        var host = new ModelHost(backend, loaded, new ModelHostOptions { Engine = engine });
        var server = await GlassboxServer.StartAsync(options ?? new ServerOptions(), host);
        await server.Ready;
        return new TestServer(backend, host, server);
    }

    public GrpcChannel NewChannel() => GrpcChannel.ForAddress(Server.Address);

    /// <summary>Waits until nothing runs or waits in the engine.</summary>
    public async Task<bool> IsIdleWithin(TimeSpan time)
    {
        using var timer = new CancellationTokenSource(time);
        while (!timer.IsCancellationRequested)
        {
            var load = await Client.GetLoadAsync(new GetLoadRequest());
            if (load is { RunningRequests: 0, QueuedRequests: 0, KvPagesUsed: 0 })
                return true;
            await Task.Delay(5);
        }
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Server.DisposeAsync();
        _backend.Dispose();
    }
}
