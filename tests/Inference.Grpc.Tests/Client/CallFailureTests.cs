using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;

namespace Inference.Grpc.Tests.Client;

public class CallFailureTests(TestServer server) : IClassFixture<TestServer>
{
    private readonly EchoService.EchoServiceClient _client = server.CreateClient();

    [Fact]
    public Task A_deadline_ends_a_unary_call_at_the_client_and_fires_the_token_of_the_server() =>
        WithinDeadlineAsync("unary-deadline", milliseconds: 500, async (callId, deadline) =>
        {
            var clock = Stopwatch.StartNew();
            var request = new EchoRequest { CallId = callId, DelayMs = 60_000 };
            var limit = (deadline - DateTime.UtcNow).TotalMilliseconds;
            var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EchoAsync(request, deadline: deadline));
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
            Assert.InRange(clock.ElapsedMilliseconds, limit - 350, limit + 4500);
        });

    [Fact]
    public Task A_deadline_ends_an_endless_stream() =>
        WithinDeadlineAsync("stream-deadline", milliseconds: 500, async (callId, deadline) =>
        {
            using var call = _client.EchoMany(new EchoRequest { CallId = callId, IntervalMs = 10 }, deadline: deadline);
            var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAllAsync().CountAsync());
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
            Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
        });

    [Fact]
    public async Task A_deadline_in_the_past_fails_at_once()
    {
        var past = DateTime.UtcNow.AddSeconds(-1);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EchoAsync(new EchoRequest(), deadline: past));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task A_far_deadline_does_not_disturb_a_call() =>
        Assert.Equal("far", (await _client.EchoAsync(new EchoRequest { Text = "far" }, deadline: DateTime.UtcNow.AddYears(500))).Text);

    [Fact]
    public async Task Cancelling_a_stream_gives_cancelled_and_fires_the_token_of_the_server()
    {
        using var cancellation = new CancellationTokenSource();
        using var call = _client.EchoMany(new EchoRequest { CallId = "cancel", IntervalMs = 5 }, cancellationToken: cancellation.Token);
        for (var i = 0; i < 5; i++)
            Assert.True(await call.ResponseStream.MoveNext());
        await cancellation.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAllAsync().CountAsync());
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await AssertTokenFiresAsync("cancel");
    }

    [Fact]
    public async Task Disposing_a_call_cancels_it()
    {
        var call = _client.EchoMany(new EchoRequest { CallId = "dispose", IntervalMs = 5 });
        Assert.True(await call.ResponseStream.MoveNext());
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await AssertTokenFiresAsync("dispose");
    }

    [Fact]
    public Task A_client_that_does_not_read_stalls_its_own_call_until_its_deadline_and_nobody_else() =>
        WithinDeadlineAsync("stalled", milliseconds: 1000, async (callId, deadline) =>
        {
            using var stalled = _client.EchoMany(new EchoRequest { CallId = callId, ResponseBytes = 1 << 20 }, deadline: deadline);
            try
            {
                Assert.True(await stalled.ResponseStream.MoveNext());
            }
            catch (RpcException late) when (late.StatusCode == StatusCode.DeadlineExceeded)
            {
                return;
            }
            Assert.Equal("other", (await _client.EchoAsync(new EchoRequest { Text = "other" })).Text);
            await AssertTokenFiresAsync(callId);
        });

    [Fact]
    public async Task A_request_above_the_cap_of_the_server_gives_resource_exhausted()
    {
        var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[TestServer.MaxReceiveMessageSize + 1]) };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EchoAsync(request));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Contains("8388608", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_request_above_the_cap_gives_resource_exhausted()
    {
        var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[TestServer.MaxReceiveMessageSize + 1]) };
        using var call = _client.Collect();
        try
        {
            await call.RequestStream.WriteAsync(request);
            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The server may answer while the message is still on its way; the response tells why.
        }
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task A_response_above_the_cap_of_the_client_gives_resource_exhausted()
    {
        var client = server.CreateClient(new GrpcChannelOptions { MaxReceiveMessageSize = 1000 });
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(new EchoRequest { ResponseBytes = 2000 }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task A_request_above_the_send_cap_of_the_client_is_not_sent()
    {
        var client = server.CreateClient(new GrpcChannelOptions { MaxSendMessageSize = 1000 });
        var request = new EchoRequest { CallId = "not-sent", Payload = ByteString.CopyFrom(new byte[2000]) };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(request));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.False((await _client.ObserveAsync(new ObserveRequest { CallId = "not-sent" })).Started);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        var client = new EchoService.EchoServiceClient(GrpcChannel.ForAddress("http://127.0.0.1:1"));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(new EchoRequest()));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        using var call = client.Collect();
        error = await Assert.ThrowsAsync<RpcException>(async () => await call.RequestStream.WriteAsync(new EchoRequest()));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1:80")]
    [InlineData("ftp://host")]
    [InlineData("")]
    public void An_address_that_is_no_http_uri_is_refused(string address) =>
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress(address));

    /// <summary>Makes a call that its deadline ends and waits until the token of the server has fired.</summary>
    /// <remarks>
    /// The service of a busy machine may learn of a call only after its deadline, when there is no token to fire: then a call with
    /// four times the time is made.
    /// </remarks>
    private async Task WithinDeadlineAsync(string callId, int milliseconds, Func<string, DateTime, Task> call)
    {
        for (var attempt = 0; attempt < 3; attempt++, milliseconds *= 4)
        {
            // The first call of a process takes its time; the deadline is set once the connection stands.
            await _client.EchoAsync(new EchoRequest());
            var id = $"{callId}-{attempt}";
            await call(id, DateTime.UtcNow.AddMilliseconds(milliseconds));
            if (!await HasStartedAsync(id)) continue;
            await AssertTokenFiresAsync(id);
            return;
        }
        Assert.Fail($"no call '{callId}' began at the service");
    }

    private async Task<bool> HasStartedAsync(string callId) =>
        (await _client.ObserveAsync(new ObserveRequest { CallId = callId })).Started;

    private Task AssertTokenFiresAsync(string callId) => Observations.AssertTokenFiresAsync(_client, callId);
}
