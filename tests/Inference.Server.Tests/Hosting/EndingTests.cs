using System.Diagnostics;
using Glassbox.V1;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Hosting;

/// <summary>What ends a call from outside: the client, its deadline, a full queue.</summary>
public sealed class EndingTests
{
    [Fact]
    public async Task A_cancelled_call_frees_its_sequence_within_a_step()
    {
        await using var server = await TestServer.StartAsync();
        var seed = await LongRun.Seed(server.Client);
        using var call = server.Client.Generate(Ask.Long(seed: seed));
        for (var i = 0; i < 5; i++)
            Assert.True(await call.ResponseStream.MoveNext());
        var start = Stopwatch.GetTimestamp();
        call.Dispose();
        Assert.True(await server.IsIdleWithin(TimeSpan.FromSeconds(2)));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_cancelled_call_on_many_regions_frees_all_of_them()
    {
        await using var server = await TestServer.StartAsync();
        var parameters = Ask.Long(seed: await LongRun.Seed(server.Client)).Parameters;
        var request = new DescribeRegionsRequest { Image = Ask.Image(Demo.FirstScene), Parameters = parameters };
        request.Regions.AddRange(Enumerable.Range(0, 8).Select(i => Ask.Region($"{i}", 0, 0, 1, 1)));
        using var call = server.Client.DescribeRegions(request);
        for (var i = 0; i < 20; i++)
            Assert.True(await call.ResponseStream.MoveNext());
        call.Dispose();
        Assert.True(await server.IsIdleWithin(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task A_deadline_ends_the_sequence_and_names_the_stage()
    {
        await using var server = await TestServer.StartAsync();
        var seed = await LongRun.Seed(server.Client);
        var failure = await RawCall.DeadlineAsync(server, Ask.Long(seed: seed), "100m");
        // A busy machine may take as long as that to begin.
        for (var again = 0; again < 2 && failure.Metadata("stage") != "decode"; again++)
            failure = await RawCall.DeadlineAsync(server, Ask.Long(seed: seed), "100m");
        Assert.Equal(
            (StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", "decode"),
            (failure.StatusCode, failure.Reason(), failure.Metadata("stage")));
        Assert.True(await server.IsIdleWithin(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task A_deadline_that_passes_in_the_queue_says_so_and_frees_the_place()
    {
        await using var server = await TestServer.StartAsync(engine: TestServer.SmallEngine with { MaxSequences = 1, MaxQueue = 1 });
        using var running = server.Client.Generate(Ask.Long(seed: await LongRun.Seed(server.Client)));
        Assert.True(await running.ResponseStream.MoveNext());
        var failure = await RawCall.DeadlineAsync(server, Ask.Generate(), "60m");
        Assert.Equal((StatusCode.DeadlineExceeded, "queue"), (failure.StatusCode, failure.Metadata("stage")));
        // The only place of the queue is free again although the first request still runs.
        using var next = server.Client.Generate(Ask.Generate());
        await Eventually.True(
            async () => (await server.Client.GetLoadAsync(new GetLoadRequest())) is { RunningRequests: 1, QueuedRequests: 1 });
    }

    [Fact]
    public async Task A_full_queue_refuses_with_a_delay_and_without_delay()
    {
        await using var server = await TestServer.StartAsync(engine: TestServer.SmallEngine with { MaxSequences = 1, MaxQueue = 2 });
        var request = Ask.Long(seed: await LongRun.Seed(server.Client));
        using var running = server.Client.Generate(request);
        Assert.True(await running.ResponseStream.MoveNext());
        using var second = server.Client.Generate(request);
        using var third = server.Client.Generate(request);
        await Eventually.True(async () => (await server.Client.GetLoadAsync(new GetLoadRequest())).QueuedRequests == 2);

        // The quickest of three: a busy machine may stand still for longer than a refusal takes.
        List<TimeSpan> times = [];
        RpcException failure;
        do
        {
            var start = Stopwatch.GetTimestamp();
            failure = await Streams.Fails(server.Client.Generate(request));
            times.Add(Stopwatch.GetElapsedTime(start));
        }
        while (times.Count < 3);
        Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
        Assert.Equal(
            (StatusCode.ResourceExhausted, "QUEUE_FULL", TimeSpan.FromSeconds(1)),
            (failure.StatusCode, failure.Reason(), failure.RetryDelay()));
        Assert.NotEmpty(failure.GetDetail<Google.Rpc.QuotaFailure>()!.Violations);

        // Regions are taken all or none.
        var regions = new DescribeRegionsRequest
        {
            Image = Ask.Image(Demo.FirstScene),
            Regions = { Ask.Region("a", 0, 0, 1, 1), Ask.Region("b", 0, 0, 1, 1) },
        };
        Assert.Equal("QUEUE_FULL", (await Streams.Fails(server.Client.DescribeRegions(regions))).Reason());
        second.Dispose();
        third.Dispose();
        running.Dispose();
        Assert.True(await server.IsIdleWithin(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task More_calls_than_allowed_are_refused_while_the_gauges_still_answer()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { Limits = new RequestLimits { MaxCalls = 1 } });
        using var running = server.Client.Generate(Ask.Long(seed: await LongRun.Seed(server.Client)));
        Assert.True(await running.ResponseStream.MoveNext());
        Assert.Equal("CALLS_EXHAUSTED", (await Streams.Fails(server.Client.Generate(Ask.Generate()))).Reason());
        Assert.Equal(1u, (await server.Client.GetLoadAsync(new GetLoadRequest())).RunningRequests);
    }
}
