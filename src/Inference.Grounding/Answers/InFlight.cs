namespace Inference.Grounding.Answers;

/// <summary>
/// Bounds what a request has in the engine at a time besides its answers: questions about claims, alternatives, further samples, which
/// may be hundreds. What is over the bound waits here for its turn, first come, first served, so that it does not fill the engine's queue
/// and have others refused, or the request itself. Results do not depend on the bound. Thread-safe.
/// </summary>
public sealed class InFlight
{
    // Enough to fill a batch; of a small queue a quarter.
    private const int Most = 16, ShareOfQueue = 4;

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _free;

    /// <summary>The bound that suits an engine.</summary>
    public InFlight(ModelHost host)
        : this(Math.Clamp(host.Engine.MaxQueue / ShareOfQueue, 1, Most))
    {
    }

    internal InFlight(int most) => _free = most;

    /// <summary>Generates when it is its turn. What is generated must not wait for another turn.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> generate)
    {
        await EnterAsync().ConfigureAwait(false);
        try
        {
            return await generate().ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private Task EnterAsync()
    {
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var next))
            {
                next.SetResult();
            }
            else
            {
                _free++;
            }
        }
    }
}
