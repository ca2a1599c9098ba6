using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Inference.Grpc.Tests.Protos;

namespace Inference.Grpc.Tests.Support;

internal sealed class EchoServiceImplementation : EchoService.EchoServiceBase
{
    private readonly ConcurrentDictionary<string, ObserveResponse> _calls = new();

    public override async Task<EchoResponse> Echo(EchoRequest request, ServerCallContext context)
    {
        using var call = Observed(request.CallId, context);
        Fail(request.Failure, context);
        if (request.DelayMs > 0) await Task.Delay(request.DelayMs, context.CancellationToken);
        var encoding = context.GetHttpContext().Request.Headers["grpc-encoding"].ToString();
        if (encoding.Length > 0) context.ResponseTrailers.Add("x-request-encoding", encoding);
        if (context.RequestHeaders.Get("echo-text") is { } text) context.ResponseTrailers.Add("echo-text", text.Value);
        if (context.RequestHeaders.Get("echo-bytes-bin") is { } bytes) context.ResponseTrailers.Add("echo-bytes-bin", bytes.ValueBytes);
        return Response(request, index: 0);
    }

    public override async Task EchoMany(EchoRequest request, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
    {
        using var call = Observed(request.CallId, context);
        for (var i = 0; request.Count == 0 || i < request.Count; i++)
        {
            await responseStream.WriteAsync(Response(request, i), context.CancellationToken);
            call.State.Messages = i + 1;
            if (request.IntervalMs > 0) await Task.Delay(request.IntervalMs, context.CancellationToken);
        }
        Fail(request.Failure, context);
    }

    public override async Task<EchoResponse> Collect(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context)
    {
        var response = new EchoResponse();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            Fail(request.Failure, context);
            response.Text += request.Text;
            response.ReceivedBytes += request.Payload.Length;
            response.ReceivedMessages++;
        }
        // After the half-close the call must still be alive.
        await Task.Delay(20, context.CancellationToken);
        return response;
    }

    public override async Task Converse(
        IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
    {
        var index = 0;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            Fail(request.Failure, context);
            await responseStream.WriteAsync(Response(request, index++), context.CancellationToken);
        }
    }

    public override Task<ObserveResponse> Observe(ObserveRequest request, ServerCallContext context) =>
        Task.FromResult(_calls.GetValueOrDefault(request.CallId)?.Clone() ?? new ObserveResponse());

    private static EchoResponse Response(EchoRequest request, int index) => new()
    {
        Text = request.Text,
        Index = index,
        ReceivedBytes = request.Payload.Length,
        ReceivedMessages = 1,
        Payload = request.ResponseBytes > 0 ? UnsafeByteOperations.UnsafeWrap(new byte[request.ResponseBytes]) : ByteString.Empty,
    };

    private static void Fail(Failure failure, ServerCallContext context)
    {
        switch (failure)
        {
            case Failure.Rich:
                context.ResponseTrailers.Add("x-extra", "also here");
                throw new RichStatus(StatusCode.ResourceExhausted, "The queue is full.")
                    .WithFieldViolation("regions[3].box", "is outside the image")
                    .WithErrorInfo("QUEUE_FULL", ("limit", "16"))
                    .WithQuotaViolation("server", "16 requests wait")
                    .WithRetryInfo(TimeSpan.FromMilliseconds(1500))
                    .ToException();
            case Failure.Unhandled:
                throw new InvalidOperationException("secret of the server");
            case Failure.Unicode:
                throw new RpcException(new Status(StatusCode.FailedPrecondition, "100% größer\n🙂"));
        }
    }

    private Observation Observed(string callId, ServerCallContext context)
    {
        var state = new ObserveResponse { Started = true };
        if (callId.Length > 0) _calls[callId] = state;
        return new Observation(state, context.CancellationToken);
    }

    private sealed record Observation(ObserveResponse State, CancellationToken CallToken) : IDisposable
    {
        public void Dispose()
        {
            State.TokenFired = CallToken.IsCancellationRequested;
            State.Finished = true;
        }
    }
}
