using Glassbox.V1;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Hosting;

/// <summary>A client that stops reading pauses its own sequence, is cut off, and nobody else notices.</summary>
public sealed class SlowReaderTests
{
    private static readonly ServerOptions Impatient = new() { SlowReaderTimeout = TimeSpan.FromMilliseconds(400) };

    [Fact]
    public async Task Generate_is_cut_off_while_others_go_on()
    {
        await using var server = await TestServer.StartAsync(Impatient, TestServer.SmallEngine with { UnreadTokens = 16 });
        var expected = (await server.Client.Complete(Ask.Generate())).Text;
        using var channel = server.NewChannel();
        using var stuck = new VisionLanguageService.VisionLanguageServiceClient(channel).Generate(await Wordy(server));
        Assert.True(await stuck.ResponseStream.MoveNext());
        await Eventually.True(async () => (await server.Client.GetLoadAsync(new GetLoadRequest())).RunningRequests == 1);

        // Windows and buffers fill, the sequence pauses; these run beside it all the same.
        for (var i = 0; i < 5; i++)
            Assert.Equal(expected, (await server.Client.Complete(Ask.Generate())).Text);
        Assert.True(await server.IsIdleWithin(TimeSpan.FromSeconds(5)));
        Assert.Equal(StatusCode.ResourceExhausted, (await Drain(stuck.ResponseStream)).StatusCode);
    }

    [Fact]
    public async Task DescribeRegions_is_cut_off_with_all_its_regions()
    {
        await using var server = await TestServer.StartAsync(Impatient, TestServer.SmallEngine with { UnreadTokens = 16 });
        var wordy = await Wordy(server);
        var request = new DescribeRegionsRequest
        {
            Image = Ask.Image(Demo.FirstScene),
            Parameters = wordy.Parameters,
            Output = wordy.Output,
        };
        request.Regions.AddRange(Enumerable.Range(0, 4).Select(i => Ask.Region($"{i}", 0, 0, 1, 1)));
        using var channel = server.NewChannel();
        using var stuck = new VisionLanguageService.VisionLanguageServiceClient(channel).DescribeRegions(request);
        Assert.True(await stuck.ResponseStream.MoveNext());
        Assert.True(await server.IsIdleWithin(TimeSpan.FromSeconds(10)));
        Assert.Equal(StatusCode.ResourceExhausted, (await Drain(stuck.ResponseStream)).StatusCode);
    }

    [Fact]
    public async Task A_reader_that_comes_back_in_time_loses_nothing()
    {
        await using var server = await TestServer.StartAsync(engine: TestServer.SmallEngine with { UnreadTokens = 16 });
        var request = await Wordy(server);
        var expected = (await server.Client.Complete(request)).Text;
        using var call = server.Client.Generate(request);
        Assert.True(await call.ResponseStream.MoveNext());
        await Task.Delay(500);
        Assert.Equal(1u, (await server.Client.GetLoadAsync(new GetLoadRequest())).RunningRequests);
        Completed? completed = null;
        await foreach (var next in call.ResponseStream.ReadAllAsync())
            completed = next.Completed;
        Assert.Equal(expected, completed?.Text);
    }

    // Enough bytes for every buffer between engine and client: 20 alternatives at each of some 900 tokens.
    private static async Task<GenerateRequest> Wordy(TestServer server)
    {
        var request = Ask.Long(maxTokens: 5000, seed: await LongRun.Seed(server.Client));
        request.Output = new OutputOptions { TopLogprobs = 20 };
        return request;
    }

    private static Task<RpcException> Drain<T>(IAsyncStreamReader<T> stream) => Assert.ThrowsAsync<RpcException>(async () =>
    {
        while (await stream.MoveNext())
        {
        }
    });
}
