using Inference.Engine;

namespace Inference.Server.Hosting;

/// <summary>Notices that the step loop has ended by itself, so that the process can exit and be started again.</summary>
internal sealed class EngineWatchdog(Action<Exception> onFailed) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _watching = Task.CompletedTask;

    /// <summary>Faults with what ended the loop; ends when the server has stopped in order.</summary>
    public Task Completion => _completion.Task;

    public void Watch(InferenceEngine engine) => _watching = WatchAsync(engine);

    public void Fail(Exception failure) => _completion.TrySetException(failure);

    /// <summary>The server has stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _completion.TrySetResult();
        _stop.Dispose();
    }

    private async Task WatchAsync(InferenceEngine engine)
    {
        using var timer = new PeriodicTimer(Interval);
        while (engine.Fault is null)
        {
            try
            {
                await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        onFailed(engine.Fault);
        Fail(engine.Fault);
    }
}
