using System.Net;
using System.Net.Http.Headers;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;
using Inference.Grpc.Tests.Wire;

namespace Inference.Grpc.Tests.Server;

public sealed class ProtocolTests(TestServer server) : IClassFixture<TestServer>, IDisposable
{
    private const string EchoPath = "/glassbox.test.v1.EchoService/Echo";

    private static readonly byte[] Request = Frames.Frame(new EchoRequest { Text = "raw" });

    private readonly RawCalls _calls = new(server);

    public void Dispose() => _calls.Dispose();

    [Fact]
    public async Task A_good_call_has_its_status_in_the_trailers()
    {
        var response = await _calls.SendAsync(EchoPath, Request);
        Assert.Equal(HttpStatusCode.OK, response.Code);
        Assert.Equal("0", response.Trailers["grpc-status"]);
        Assert.False(response.Headers.ContainsKey("grpc-status"));
        Assert.Equal(Frames.Frame(new EchoResponse { Text = "raw", ReceivedMessages = 1 }), response.Body);
    }

    [Fact]
    public async Task An_early_error_has_its_status_in_the_headers_and_no_body()
    {
        var response = await _calls.SendAsync(EchoPath, Frames.Frame(new EchoRequest { Failure = Failure.Rich }));
        Assert.Equal("8", response.Headers["grpc-status"]);
        Assert.True(response.Headers.ContainsKey("grpc-status-details-bin"));
        Assert.Empty(response.Body);
        Assert.Empty(response.Trailers);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("text/plain")]
    public async Task Another_content_type_is_415(string contentType)
    {
        var response = await _calls.SendAsync(
            EchoPath, Request, request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue(contentType));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.Code);
    }

    [Fact]
    public async Task A_call_without_te_trailers_is_415()
    {
        var response = await _calls.SendAsync(EchoPath, Request, request => request.Headers.TE.Clear());
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.Code);
    }

    [Theory]
    [InlineData("/glassbox.test.v1.EchoService/None")]
    [InlineData("/none.Service/Echo")]
    public async Task An_unknown_method_or_service_is_unimplemented(string path)
    {
        var response = await _calls.SendAsync(path, Request);
        Assert.Equal(HttpStatusCode.OK, response.Code);
        Assert.Equal("12", response.Headers["grpc-status"]);
    }

    [Fact]
    public async Task A_path_that_is_no_call_stays_a_404() =>
        Assert.Equal(HttpStatusCode.NotFound, (await _calls.SendAsync("/one/two/three", Request)).Code);

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_the_known_ones_are_named()
    {
        var response = await _calls.SendAsync(EchoPath, Request, request => request.Headers.Add("grpc-encoding", "br"));
        Assert.Equal("12", response.Headers["grpc-status"]);
        Assert.Equal("identity,gzip", response.Headers["grpc-accept-encoding"]);
    }

    [Fact]
    public async Task A_compressed_message_is_read()
    {
        var body = Frames.Frame(new EchoRequest { Text = "gz" }, gzip: true);
        var response = await _calls.SendAsync(EchoPath, body, request => request.Headers.Add("grpc-encoding", "gzip"));
        Assert.Equal("0", response.Trailers["grpc-status"]);
    }

    [Fact]
    public async Task Responses_stay_uncompressed_for_a_client_that_does_not_accept_gzip()
    {
        var response = await _calls.SendAsync(EchoPath, Frames.Frame(new EchoRequest { ResponseBytes = 1000 }));
        Assert.Equal(0, response.Body[0]);
        Assert.False(response.Headers.ContainsKey("grpc-encoding"));
    }

    [Theory]
    [InlineData("1x", "13")]
    [InlineData("1n", "4")]
    public async Task A_timeout_is_checked_and_kept(string timeout, string status)
    {
        var slow = Frames.Frame(new EchoRequest { DelayMs = 10_000 });
        var response = await _calls.SendAsync(EchoPath, slow, request => request.Headers.Add("grpc-timeout", timeout));
        Assert.Equal(status, response.Headers["grpc-status"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_unary_call_takes_exactly_one_message(int count)
    {
        byte[] body = [.. Enumerable.Repeat(Request, count).SelectMany(frame => frame)];
        Assert.Equal("12", (await _calls.SendAsync(EchoPath, body)).Headers["grpc-status"]);
    }

    [Fact]
    public async Task A_reserved_header_in_metadata_changes_nothing()
    {
        var response = await _calls.SendAsync(EchoPath, Request, request => request.Headers.Add("grpc-status", "5"));
        Assert.Equal("0", response.Trailers["grpc-status"]);
    }
}
