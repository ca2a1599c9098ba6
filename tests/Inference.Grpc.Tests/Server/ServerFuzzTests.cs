using Grpc.Core;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;
using Inference.Grpc.Tests.Wire;

namespace Inference.Grpc.Tests.Server;

public sealed class ServerFuzzTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string[] Methods = ["Echo", "EchoMany", "Collect", "Converse"];

    [Fact]
    public async Task Damaged_frames_end_in_a_status_and_the_server_goes_on()
    {
        using var calls = new RawCalls(server);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answered = 0;
        var streams = FrameMutations.Streams(seed: 7, count: 600).Index();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = limit.Token };
        await Parallel.ForEachAsync(streams, parallel, async (item, token) =>
        {
            var (index, stream) = item;
            var path = $"/glassbox.test.v1.EchoService/{Methods[index % Methods.Length]}";
            var response = await calls.SendAsync(path, stream, request =>
            {
                request.Headers.Add("grpc-encoding", "gzip");
                // Damage may ask for an endless stream.
                request.Headers.Add("grpc-timeout", "2S");
            }, token);
            Assert.True(response.Headers.ContainsKey("grpc-status") || response.Trailers.ContainsKey("grpc-status"));
            Interlocked.Increment(ref answered);
        });
        Assert.Equal(600, answered);
        Assert.Empty(server.Log.Entries);
        Assert.Equal("alive", (await server.CreateClient().EchoAsync(new EchoRequest { Text = "alive" })).Text);
    }
}
