using Grpc.Core;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;

namespace Inference.Grpc.Tests.Server;

[Collection(AloneCollection.Name)]
public sealed class ResponseStreamTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_streamed_message_costs_little_memory_from_service_to_client()
    {
        await ReceiveAsync(2000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await ReceiveAsync(5000);
        var perMessage = (GC.GetTotalAllocatedBytes(precise: true) - before) / 5000.0;
        // Two messages, their text and the reads and writes that had to wait, on both sides together.
        Assert.True(perMessage < 600, $"{perMessage} bytes allocated per message");

        async Task ReceiveAsync(int count)
        {
            using var call = server.CreateClient().EchoMany(new EchoRequest { Text = "token", Count = count });
            Assert.Equal(count, await call.ResponseStream.ReadAllAsync().CountAsync());
        }
    }
}
