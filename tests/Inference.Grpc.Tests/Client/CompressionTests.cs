using Google.Protobuf;
using Grpc.Core;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Server;
using Inference.Grpc.Tests.Support;
using Inference.Grpc.Tests.Wire;

namespace Inference.Grpc.Tests.Client;

public sealed class CompressionTests : IAsyncLifetime
{
    private static readonly Metadata Gzip = new() { { "grpc-internal-encoding-request", "gzip" } };

    private readonly TestServer _server = new(tls: false, options => options.ResponseCompressionAlgorithm = "gzip");

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Messages_travel_compressed_in_both_directions()
    {
        using var call = _server.CreateClient().EchoAsync(
            new EchoRequest { Text = "zip", Payload = ByteString.CopyFrom(new byte[100_000]), ResponseBytes = 100_000 }, Gzip);
        var response = await call;
        Assert.Equal(100_000, response.ReceivedBytes);
        Assert.Equal(100_000, response.Payload.Length);
        Assert.Equal("gzip", call.GetTrailers().GetValue("x-request-encoding"));
    }

    [Fact]
    public async Task A_client_that_accepts_gzip_gets_a_compressed_frame()
    {
        using var calls = new RawCalls(_server);
        var response = await calls.SendAsync(
            "/glassbox.test.v1.EchoService/Echo",
            Frames.Frame(new EchoRequest { ResponseBytes = 100_000 }),
            request => request.Headers.Add("grpc-accept-encoding", "identity, gzip"));
        Assert.Equal("gzip", response.Headers["grpc-encoding"]);
        Assert.Equal(1, response.Body[0]);
        Assert.True(response.Body.Length < 10_000);
    }

    [Fact]
    public async Task Streams_travel_compressed_in_both_directions()
    {
        using var call = _server.CreateClient().Converse(Gzip);
        for (var i = 0; i < 5; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}", ResponseBytes = 5000 });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(5000, call.ResponseStream.Current.Payload.Length);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_request_that_unpacks_above_the_cap_gives_resource_exhausted()
    {
        var bomb = new EchoRequest { Payload = ByteString.CopyFrom(new byte[TestServer.MaxReceiveMessageSize + 1]) };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _server.CreateClient().EchoAsync(bomb, Gzip));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Contains("after decompression", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_request_encoding_is_refused_before_the_call() =>
        Assert.Throws<ArgumentException>(() => _server.CreateClient().EchoAsync(
            new EchoRequest(), new Metadata { { "grpc-internal-encoding-request", "br" } }));
}
