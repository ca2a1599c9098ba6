using Grpc.Core;
using Inference.Server.Hosting;

namespace Inference.Server.Calls;

/// <summary>The way every call takes: in through the server's door, and out with a status that clients may see.</summary>
internal sealed class CallRunner(ServerState state, ServerOptions options)
{
    /// <summary>Runs a call with one response.</summary>
    public async Task<TResponse> RunAsync<TResponse>(ServerCallContext context, Func<Call, Task<TResponse>> answer, bool isProbe = false)
    {
        using var call = new Call(context, state, options, isProbe);
        try
        {
            return await answer(call).ConfigureAwait(false);
        }
        catch (Exception failure) when (call.Translate(failure) is { } status)
        {
            throw status;
        }
    }

    /// <summary>Runs a call that streams its responses.</summary>
    public Task RunAsync<TResponse>(
        ServerCallContext context, IServerStreamWriter<TResponse> stream, Func<Call, EventWriter<TResponse>, Task> answer)
        where TResponse : class => RunAsync(context, async call =>
        {
            await answer(call, new EventWriter<TResponse>(stream, call)).ConfigureAwait(false);
            return true;
        });
}
