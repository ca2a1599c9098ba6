using Google.Rpc;
using Grpc.Core;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;
using StatusCode = Grpc.Core.StatusCode;

namespace Inference.Grpc.Tests.Errors;

public class RichErrorTests(TestServer server) : IClassFixture<TestServer>
{
    private readonly EchoService.EchoServiceClient _client = server.CreateClient();

    [Fact]
    public async Task Details_arrive_with_the_status_and_other_trailers()
    {
        var error = await ErrorOfAsync(Failure.Rich);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("The queue is full.", error.Status.Detail);
        Assert.Equal("also here", error.Trailers.GetValue("x-extra"));
        Assert.Equal("regions[3].box", error.GetDetail<BadRequest>()!.FieldViolations.Single().Field);
        var info = error.GetDetail<ErrorInfo>()!;
        Assert.Equal(("QUEUE_FULL", "glassbox", "16"), (info.Reason, info.Domain, info.Metadata["limit"]));
        Assert.Equal("server", error.GetDetail<QuotaFailure>()!.Violations.Single().Subject);
        Assert.Equal(TimeSpan.FromSeconds(1.5), error.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        Assert.Null(error.GetDetail<Help>());
    }

    [Fact]
    public async Task Details_arrive_after_messages_too()
    {
        using var call = _client.EchoMany(new EchoRequest { Count = 3, Failure = Failure.Rich });
        for (var i = 0; i < 3; i++)
            Assert.True(await call.ResponseStream.MoveNext());
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal("QUEUE_FULL", error.GetDetail<ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task A_message_beyond_ascii_arrives_as_it_was()
    {
        var error = await ErrorOfAsync(Failure.Unicode);
        Assert.Equal("100% größer\n🙂", error.Status.Detail);
    }

    [Fact]
    public async Task An_unexpected_exception_tells_the_client_nothing_but_an_id_that_the_log_has()
    {
        var error = await ErrorOfAsync(Failure.Unhandled);
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        var id = error.Status.Detail.Split(' ')[^1];
        Assert.Matches("^[0-9a-f]{32}$", id);
        var entry = server.Log.Entries.Single(entry => entry.Message.Contains(id, StringComparison.Ordinal));
        Assert.Equal("secret of the server", entry.Exception!.Message);
    }

    [Fact]
    public void Details_that_cannot_be_parsed_are_null_and_no_failure()
    {
        var trailers = new Metadata { { "grpc-status-details-bin", [255, 255, 255] } };
        var error = new RpcException(new global::Grpc.Core.Status(StatusCode.Internal, ""), trailers);
        Assert.Null(error.GetRpcStatus());
        Assert.Null(error.GetDetail<ErrorInfo>());
    }

    [Theory]
    [MemberData(nameof(Situations))]
    public void Each_situation_has_its_code_and_details(RpcException error, StatusCode code, string reason)
    {
        Assert.Equal(code, error.StatusCode);
        Assert.Equal(reason, error.GetDetail<ErrorInfo>()?.Reason ?? error.GetDetail<BadRequest>()!.FieldViolations.Single().Field);
    }

    private Task<RpcException> ErrorOfAsync(Failure failure) =>
        Assert.ThrowsAsync<RpcException>(async () => await _client.EchoAsync(new EchoRequest { Failure = failure }));

    public static TheoryData<RpcException, StatusCode, string> Situations => new()
    {
        { RpcErrors.InvalidField("image", "is no JPEG"), StatusCode.InvalidArgument, "image" },
        { RpcErrors.AboveLimit("image", "IMAGE_TOO_LARGE", "too many pixels", 100, 200), StatusCode.InvalidArgument, "IMAGE_TOO_LARGE" },
        { RpcErrors.Exhausted("server", "QUEUE_FULL", "full", TimeSpan.FromSeconds(1)), StatusCode.ResourceExhausted, "QUEUE_FULL" },
        { RpcErrors.Unavailable("DRAINING", "stops", TimeSpan.FromSeconds(1)), StatusCode.Unavailable, "DRAINING" },
        { RpcErrors.DeadlineExceeded("queue"), StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED" },
        { RpcErrors.NotFound("MODEL_NOT_FOUND", "no such model", ("model", "x")), StatusCode.NotFound, "MODEL_NOT_FOUND" },
        { RpcErrors.FailedPrecondition("IMAGE_NOT_CACHED", "send it again"), StatusCode.FailedPrecondition, "IMAGE_NOT_CACHED" },
    };
}
