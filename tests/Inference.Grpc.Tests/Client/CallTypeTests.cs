using Google.Protobuf;
using Grpc.Core;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;

namespace Inference.Grpc.Tests.Client;

public class CallTypeTests(TestServer server) : IClassFixture<TestServer>
{
    private readonly EchoService.EchoServiceClient _client = server.CreateClient();

    [Fact]
    public async Task A_unary_call_returns_its_response_and_ends_with_ok()
    {
        using var call = _client.EchoAsync(new EchoRequest { Text = "hello" });
        Assert.Equal("hello", (await call).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public void A_blocking_unary_call_returns_its_response() => Assert.Equal("hi", _client.Echo(new EchoRequest { Text = "hi" }).Text);

    [Fact]
    public async Task A_server_stream_delivers_every_message_in_order()
    {
        using var call = _client.EchoMany(new EchoRequest { Text = "x", Count = 500 });
        var indices = new List<int>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            indices.Add(response.Index);
        Assert.Equal(Enumerable.Range(0, 500), indices);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_client_stream_is_collected_after_the_half_close()
    {
        using var call = _client.Collect();
        for (var i = 0; i < 50; i++)
            await call.RequestStream.WriteAsync(new EchoRequest { Text = "a", Payload = ByteString.CopyFrom(new byte[1000]) });
        await call.RequestStream.CompleteAsync();
        var response = await call;
        Assert.Equal(50, response.ReceivedMessages);
        Assert.Equal(50_000, response.ReceivedBytes);
    }

    [Fact]
    public async Task An_empty_client_stream_is_answered()
    {
        using var call = _client.Collect();
        await call.RequestStream.CompleteAsync();
        Assert.Equal(0, (await call).ReceivedMessages);
    }

    [Fact]
    public async Task A_duplex_call_answers_each_request_before_the_next_is_sent()
    {
        using var call = _client.Converse();
        for (var i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Buffered_writes_arrive_when_the_stream_completes()
    {
        using var call = _client.Collect();
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        for (var i = 0; i < 10; i++)
            await call.RequestStream.WriteAsync(new EchoRequest { Text = "b" });
        await call.RequestStream.CompleteAsync();
        Assert.Equal("bbbbbbbbbb", (await call).Text);
    }

    [Fact]
    public async Task A_hundred_streams_run_in_parallel_on_one_channel()
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            using var call = _client.EchoMany(new EchoRequest { Count = 20, IntervalMs = 1 });
            return await call.ResponseStream.ReadAllAsync().CountAsync();
        }));
        Assert.All(counts, count => Assert.Equal(20, count));
    }

    [Fact]
    public async Task A_three_megabyte_request_arrives_whole()
    {
        var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[3 << 20]), ResponseBytes = 3 << 20 };
        var response = await _client.EchoAsync(request);
        Assert.Equal(3 << 20, response.ReceivedBytes);
        Assert.Equal(3 << 20, response.Payload.Length);
    }

    [Fact]
    public async Task Metadata_travels_both_ways_as_text_and_as_bytes()
    {
        byte[] bytes = [0, 1, 255, 17];
        using var call = _client.EchoAsync(new EchoRequest(), new Metadata { { "Echo-Text", "plain, text" }, { "echo-bytes-bin", bytes } });
        await call;
        Assert.Equal("plain, text", call.GetTrailers().GetValue("echo-text"));
        Assert.Equal(bytes, call.GetTrailers().GetValueBytes("echo-bytes-bin"));
    }

    [Fact]
    public async Task The_same_calls_run_over_tls()
    {
        var secure = new TestServer(tls: true, _ => { });
        await secure.InitializeAsync();
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate!.GetCertHashString() == secure.Certificate!.Thumbprint;
        var client = secure.CreateClient(new() { HttpHandler = handler });
        Assert.Equal("tls", (await client.EchoAsync(new EchoRequest { Text = "tls" })).Text);
        using var call = client.EchoMany(new EchoRequest { Count = 5 });
        Assert.Equal(5, await call.ResponseStream.ReadAllAsync().CountAsync());
        await secure.DisposeAsync();
    }
}
