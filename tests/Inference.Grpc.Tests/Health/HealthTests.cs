using Grpc.Core;
using Grpc.Health.V1;
using Inference.Grpc.Tests.Support;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Inference.Grpc.Tests.Health;

public sealed class HealthTests(TestServer server) : IClassFixture<TestServer>
{
    private readonly global::Grpc.Health.V1.Health.HealthClient _client = new(server.CreateChannel());

    [Fact]
    public async Task Check_tells_the_status_of_the_server_and_of_a_service()
    {
        Assert.Equal(ServingStatus.Serving, (await _client.CheckAsync(new HealthCheckRequest())).Status);
        server.Health.SetStatus("checked", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, (await _client.CheckAsync(new HealthCheckRequest { Service = "checked" })).Status);
    }

    [Fact]
    public async Task Check_of_an_unknown_service_is_not_found()
    {
        var request = new HealthCheckRequest { Service = "nobody" };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.CheckAsync(request));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task List_has_every_service()
    {
        server.Health.SetStatus("listed", ServingStatus.Serving);
        var statuses = (await _client.ListAsync(new HealthListRequest())).Statuses;
        Assert.Equal(ServingStatus.Serving, statuses["listed"].Status);
        Assert.True(statuses.ContainsKey(""));
    }

    [Fact]
    public async Task Watch_streams_each_change()
    {
        using var call = _client.Watch(new HealthCheckRequest { Service = "watched" });
        await AssertNextAsync(ServingStatus.ServiceUnknown);
        server.Health.SetStatus("watched", ServingStatus.Serving);
        await AssertNextAsync(ServingStatus.Serving);
        server.Health.SetStatus("watched", ServingStatus.Serving);
        server.Health.SetStatus("watched", ServingStatus.NotServing);
        await AssertNextAsync(ServingStatus.NotServing);
        server.Health.ClearStatus("watched");
        await AssertNextAsync(ServingStatus.ServiceUnknown);

        async Task AssertNextAsync(ServingStatus expected)
        {
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(expected, call.ResponseStream.Current.Status);
        }
    }

    [Fact]
    public void A_server_is_not_serving_until_it_says_so()
    {
        var state = new global::Grpc.HealthCheck.HealthServiceState();
        Assert.Equal(ServingStatus.NotServing, state.GetStatus(""));
        state.SetAll(ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, state.GetStatus(""));
        Assert.Null(state.GetStatus("other"));
    }
}
