using Glassbox.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Inference.Compute.Cpu;
using Inference.Engine;
using Inference.Grounding;
using Inference.Server.Tests.Support;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Inference.Server.Tests.Hosting;

/// <summary>Loading, draining, failing.</summary>
public sealed class LifetimeTests
{
    private const string Service = "glassbox.v1.VisionLanguageService";

    [Fact]
    public async Task A_server_listens_at_once_and_serves_when_its_models_are_loaded()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var loaded = new TaskCompletionSource<ModelHost>();
        await using var server = await GlassboxServer.StartAsync(new ServerOptions(), _ => loaded.Task);
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new VisionLanguageService.VisionLanguageServiceClient(channel);
        var health = new Health.HealthClient(channel);

        var early = await Assert.ThrowsAsync<RpcException>(async () => await client.ListModelsAsync(new ListModelsRequest()));
        Assert.Equal(
            (StatusCode.Unavailable, "SERVER_LOADING", TimeSpan.FromSeconds(1)), (early.StatusCode, early.Reason(), early.RetryDelay()));
        Assert.Equal([ServingStatus.NotServing, ServingStatus.NotServing], await Statuses(health));

        loaded.SetResult(Host(backend));
        await server.Ready;
        Assert.Equal([ServingStatus.Serving, ServingStatus.Serving], await Statuses(health));
        Assert.Single((await client.ListModelsAsync(new ListModelsRequest())).Models);
    }

    [Fact]
    public async Task Models_that_do_not_load_end_the_server_with_their_error()
    {
        await using var server = await GlassboxServer.StartAsync(
            new ServerOptions(), _ => Task.FromException<ModelHost>(new InvalidDataException("config.json: not there")));
        await Assert.ThrowsAsync<InvalidDataException>(() => server.Ready);
        await Assert.ThrowsAsync<InvalidDataException>(() => server.Completion);
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new VisionLanguageService.VisionLanguageServiceClient(channel);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.ListModelsAsync(new ListModelsRequest()));
        Assert.Equal((StatusCode.Unavailable, "SERVER_FAILED"), (failure.StatusCode, failure.Reason()));
    }

    [Fact]
    public async Task Draining_refuses_new_calls_and_lets_running_ones_end()
    {
        await using var server = await TestServer.StartAsync();
        var health = new Health.HealthClient(server.Channel);
        var request = Ask.Long(maxTokens: 400, seed: await LongRun.Seed(server.Client));
        using var watch = health.Watch(new HealthCheckRequest { Service = Service });
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(ServingStatus.Serving, watch.ResponseStream.Current.Status);

        var running = Enumerable.Range(0, 20).Select(_ => server.Client.Generate(request)).ToArray();
        foreach (var call in running)
            Assert.True(await call.ResponseStream.MoveNext());
        var stopped = server.Server.StopAsync();
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        var refused = await Streams.Fails(server.Client.Generate(Ask.Generate()));
        Assert.Equal(
            (StatusCode.Unavailable, "SERVER_DRAINING", TimeSpan.FromSeconds(1)),
            (refused.StatusCode, refused.Reason(), refused.RetryDelay()));

        watch.Dispose();
        var answers = await Task.WhenAll(running.Select(Streams.ReadAll));
        Assert.All(answers, events => Assert.Equal(Glassbox.V1.FinishReason.MaxTokens, events[^1].Completed.FinishReason));
        await stopped.WaitAsync(TimeSpan.FromSeconds(20));
        await server.Server.Completion;
    }

    [Fact]
    public async Task What_still_runs_after_the_drain_timeout_is_cancelled_with_a_status()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { DrainTimeout = TimeSpan.FromMilliseconds(50) });
        using var call = server.Client.Generate(Ask.Long(seed: await LongRun.Seed(server.Client)));
        Assert.True(await call.ResponseStream.MoveNext());
        var stopped = server.Server.StopAsync();
        var failure = await Streams.Fails(call);
        Assert.Equal((StatusCode.Unavailable, "SERVER_DRAINING"), (failure.StatusCode, failure.Reason()));
        await stopped.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_request_that_breaks_a_step_fails_alone()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client.Generate(Ask.Long(seed: await LongRun.Seed(server.Client)));
        Assert.True(await call.ResponseStream.MoveNext());
        var broken = Submit(server, new GenerationRequest
        {
            Prompt = Prompt(server),
            Sampling = server.Models.Models[0].Resolve(null, 0),
            Trace = new BrokenTrace(),
        });
        var result = await broken.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((Engine.FinishReason.Failed, "secret"), (result.Reason, result.Failure?.Message));
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.StartsWith("there are", (await server.Client.Complete(Ask.Generate())).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_loop_that_ends_by_itself_fails_its_calls_and_the_server()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client.Generate(Ask.Long(seed: await LongRun.Seed(server.Client)));
        Assert.True(await call.ResponseStream.MoveNext());
        Submit(server, new GenerationRequest
        {
            Prompt = Prompt(server),
            Sampling = server.Models.Models[0].Resolve(null, 0),
            Images = new BrokenImages(),
            CancellationToken = new(canceled: true),
        });
        AssertFault(await Streams.Fails(call));
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => server.Server.Completion.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal("secret", fault.Message);
        Assert.Equal([ServingStatus.NotServing, ServingStatus.NotServing], await Statuses(new Health.HealthClient(server.Channel)));
        Assert.Equal("SERVER_FAILED", (await Streams.Fails(server.Client.Generate(Ask.Generate()))).Reason());
    }

    private static Generation Submit(TestServer server, GenerationRequest request) => server.Models.Engine.Submit("demo", request);

    private static Inference.Models.Prompts.EncodedPrompt Prompt(TestServer server) =>
        server.Models.Models[0].Prompts.EncodeRaw("hello", []);

    private static void AssertFault(RpcException failure)
    {
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.DoesNotContain("secret", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("orrelation id", failure.Status.Detail, StringComparison.Ordinal);
    }

    private static ModelHost Host(CpuBackend backend) =>
        new(backend, [ServedModel.Load("demo", Demo.Model, backend, 1024)], new ModelHostOptions { Engine = TestServer.SmallEngine });

    private static async Task<ServingStatus[]> Statuses(Health.HealthClient health) =>
    [
        (await health.CheckAsync(new HealthCheckRequest())).Status,
        (await health.CheckAsync(new HealthCheckRequest { Service = Service })).Status,
    ];

    private sealed class BrokenTrace : IGenerationTrace
    {
        public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width) => throw new InvalidOperationException("secret");

        public void OnHidden(int index, int firstPosition, ReadOnlySpan<float> rows, int width) =>
            throw new InvalidOperationException("secret");

        public void OnPromptOutput(int position, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits) =>
            throw new InvalidOperationException("secret");

        public void OnStep(int step, ReadOnlySpan<float> scores, int? layer) => throw new InvalidOperationException("secret");
    }

    // Breaks the loop, outside of any step, when it ends a request.
    private sealed class BrokenImages : IReadOnlyList<EngineImage>
    {
        private readonly Thread _submits = Thread.CurrentThread;

        public int Count => 0;

        public EngineImage this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<EngineImage> GetEnumerator() => Thread.CurrentThread == _submits
            ? Enumerable.Empty<EngineImage>().GetEnumerator()
            : throw new InvalidOperationException("secret");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
