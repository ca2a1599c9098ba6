using Grpc.Core;
using Inference.Grounding;
using Inference.Server.Errors;

namespace Inference.Server.Hosting;

/// <summary>Whether calls may come in, which are inside, and the token that ends them all. Thread-safe.</summary>
internal sealed class ServerState(ServerOptions options) : IDisposable
{
    private enum Phase
    {
        Loading,
        Serving,
        Draining,
        Failed,
    }

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Phase _phase;
    private ModelHost? _models;
    private int _calls;

    /// <summary>Fires when running calls have to end now.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Lets calls in, unless the server is on its way down already.</summary>
    public void Serve(ModelHost models)
    {
        lock (_lock)
        {
            _models = models;
            _phase = _phase == Phase.Loading ? Phase.Serving : _phase;
        }
    }

    /// <summary>Counts a call in.</summary>
    /// <param name="isProbe">The call asks about the server; a full one answers it too.</param>
    /// <exception cref="RpcException">UNAVAILABLE: loading, draining or failed. RESOURCE_EXHAUSTED: too many calls.</exception>
    public ModelHost Enter(bool isProbe)
    {
        lock (_lock)
        {
            if (_phase != Phase.Serving)
            {
                throw Refusal();
            }

            if (_calls >= options.Limits.MaxCalls && !isProbe)
            {
                throw RpcErrors.Exhausted("calls", ErrorReasons.CallsExhausted, $"{_calls} calls are inside already.", options.RetryDelay);
            }

            _calls++;
            return _models!;
        }
    }

    /// <summary>Counts a call out.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_calls == 0 && _phase is Phase.Draining or Phase.Failed)
            {
                _empty.TrySetResult();
            }
        }
    }

    /// <summary>Lets no more calls in.</summary>
    /// <returns>Ends when the last call has left.</returns>
    public Task Drain()
    {
        lock (_lock)
        {
            _phase = _phase == Phase.Failed ? Phase.Failed : Phase.Draining;
            if (_calls == 0)
            {
                _empty.TrySetResult();
            }

            return _empty.Task;
        }
    }

    /// <summary>Lets no more calls in, because the server cannot answer them any more.</summary>
    public void Fail()
    {
        lock (_lock)
        {
            _phase = Phase.Failed;
        }
    }

    /// <summary>Ends running calls.</summary>
    public void CancelCalls() => _stopping.Cancel();

    /// <summary>What a call is told that ends because the server does.</summary>
    public RpcException Refusal() => _phase switch
    {
        Phase.Loading => RpcErrors.Unavailable(ErrorReasons.ServerLoading, "The server is loading its models.", options.RetryDelay),
        Phase.Failed =>
            RpcErrors.Unavailable(ErrorReasons.ServerFailed, "The server has failed and is going to restart.", options.RetryDelay),
        _ => RpcErrors.Unavailable(ErrorReasons.ServerDraining, "The server is shutting down.", options.RetryDelay),
    };

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
