using Grpc.Core;
using Inference.Server.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace Inference.Server.Calls;

/// <summary>
/// Writes the events of a stream, each when the connection has taken the one before, and cuts off a client that stops reading.
/// </summary>
internal sealed class EventWriter<T>(IServerStreamWriter<T> stream, Call call)
    where T : class
{
    // RFC 9113: the peer makes the other side hold too much. gRPC clients report it as RESOURCE_EXHAUSTED.
    private const int EnhanceYourCalm = 0xb;

    /// <summary>Completes when the connection has taken the event.</summary>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    /// <exception cref="RpcException">The client has not read for too long.</exception>
    public async Task WriteAsync(T message)
    {
        var write = stream.WriteAsync(message, call.Ended);
        if (write.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            await write.WaitAsync(call.Options.SlowReaderTimeout, call.Ended).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw CutOff();
        }
    }

    /// <summary>Resets the stream: a status at its end would wait behind what the client does not read.</summary>
    public RpcException CutOff()
    {
        call.Context.GetHttpContext().Features.Get<IHttpResetFeature>()?.Reset(EnhanceYourCalm);
        return Rejections.SlowReader();
    }
}
