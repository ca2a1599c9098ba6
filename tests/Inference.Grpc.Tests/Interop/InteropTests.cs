using System.Text.Json;
using Google.Rpc;
using Inference.Grpc.Tests.Support;
using StatusCode = Grpc.Core.StatusCode;

namespace Inference.Grpc.Tests.Interop;

/// <summary>The same plan in clients of other makers, against one real server.</summary>
public sealed class InteropTests : IAsyncLifetime
{
    private static readonly string Plan = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Interop", "plan.json"));

    private readonly TestServer _server = new(tls: false, options => options.ResponseCompressionAlgorithm = "gzip");

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Grpc_js_gets_what_it_expects()
    {
        var results = await ForeignClient.RunGrpcJsAsync(_server.Address, Plan);
        await AssertPlanAsync(results);
    }

    [Fact]
    public async Task Grpc_js_finds_the_services_by_reflection()
    {
        const string plan = """
            [{"name": "list", "method": "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "requests": [{"list_services": ""}]}]
            """;
        var list = (await ForeignClient.RunGrpcJsAsync(_server.Address, plan))["list"];
        var services = list.GetProperty("responses")[0].GetProperty("list_services_response").GetProperty("service");
        var names = services.EnumerateArray().Select(service => service.GetProperty("name").GetString());
        Assert.Contains("glassbox.test.v1.EchoService", names);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task Grpcio_gets_what_it_expects(string reflection)
    {
        var results = await ForeignClient.RunGrpcioAsync(_server.Address, Plan, reflection);
        await AssertPlanAsync(results);
        Assert.Equal(
            ["glassbox.test.v1.EchoService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"],
            results["reflection"].GetProperty("services").EnumerateArray().Select(name => name.GetString()));
    }

    private async Task AssertPlanAsync(IReadOnlyDictionary<string, JsonElement> results)
    {
        AssertOk("unary", count: 1);
        Assert.Equal("grüße 🙂", FirstResponse("unary").GetProperty("text").GetString());
        Assert.Equal("plain", Trailer("unary", "echo-text"));
        Assert.Equal("AAH/", Trailer("unary", "echo-bytes-bin"));
        AssertOk("server streaming", count: 200);
        AssertOk("client streaming", count: 1);
        Assert.Equal("abc", FirstResponse("client streaming").GetProperty("text").GetString());
        Assert.Equal("300000", FirstResponse("client streaming").GetProperty("received_bytes").ToString());
        AssertOk("duplex", count: 3);
        AssertOk("large request", count: 1);

        AssertFails("deadline unary", StatusCode.DeadlineExceeded);
        AssertFails("deadline stream", StatusCode.DeadlineExceeded);
        Assert.InRange(results["deadline stream"].GetProperty("elapsed_ms").GetInt32(), 150, 5000);
        AssertFails("cancel", StatusCode.Cancelled);
        foreach (var call in (string[])["deadline unary", "deadline stream", "cancel"])
            await Observations.AssertTokenFiresAsync(_server.CreateClient(), call);

        AssertFails("oversize", StatusCode.ResourceExhausted);
        AssertOk("gzip unary", count: 1);
        Assert.Equal("500000", FirstResponse("gzip unary").GetProperty("received_bytes").ToString());
        Assert.Equal("gzip", Trailer("gzip unary", "x-request-encoding"));
        AssertOk("gzip stream", count: 20);
        AssertFails("gzip bomb", StatusCode.ResourceExhausted);
        AssertOk("hundred streams", count: 2000);

        foreach (var call in (string[])["rich error", "rich error after messages"])
        {
            AssertFails(call, StatusCode.ResourceExhausted);
            var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(Trailer(call, "grpc-status-details-bin")));
            Assert.Equal(4, status.Details.Count);
            Assert.Equal("regions[3].box", status.Details[0].Unpack<BadRequest>().FieldViolations.Single().Field);
        }
        AssertFails("unicode error", StatusCode.FailedPrecondition);
        Assert.Equal("100% größer\n🙂", results["unicode error"].GetProperty("message").GetString());
        AssertFails("unhandled", StatusCode.Internal);
        Assert.DoesNotContain("secret", results["unhandled"].ToString(), StringComparison.Ordinal);

        AssertOk("health", count: 1);
        Assert.Equal("SERVING", FirstResponse("health").GetProperty("status").GetString());
        AssertFails("health unknown", StatusCode.NotFound);
        AssertFails("health watch", StatusCode.Cancelled);
        Assert.Equal("SERVING", FirstResponse("health watch").GetProperty("status").GetString());

        JsonElement FirstResponse(string name) => results[name].GetProperty("responses")[0];
        string Trailer(string name, string key) => results[name].GetProperty("trailers").GetProperty(key).GetString()!;
        void AssertFails(string name, StatusCode code) =>
            Assert.True(results[name].GetProperty("code").GetInt32() == (int)code, $"{name}: {results[name]}");
        void AssertOk(string name, int count)
        {
            AssertFails(name, StatusCode.OK);
            Assert.Equal(count, results[name].GetProperty("count").GetInt32());
        }
    }
}
