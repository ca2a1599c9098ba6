using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>What ends a call from this side: the deadline, the caller's token, disposal.</summary>
internal sealed class CallCancellation : IDisposable
{
    // A timer takes no more; a deadline further away is as good as none.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(45);

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _caller;
    private readonly Timer? _timer;
    private volatile bool _deadlinePassed;

    public CallCancellation(DateTime? deadline, CancellationToken caller)
    {
        if (deadline is { } time && time.ToUniversalTime() - DateTime.UtcNow is var left && left < Longest)
            _timer = new Timer(_ => PassDeadline(), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        _caller = caller.UnsafeRegister(static self => ((CallCancellation)self!).Cancel(), this);
    }

    public CancellationToken Token => _source.Token;

    public void Cancel()
    {
        StopTimer();
        _source.Cancel();
    }

    public void StopTimer()
    {
        _timer?.Dispose();
        _caller.Unregister();
    }

    // The source itself holds nothing to free, and a timer that is just firing may still cancel it.
    public void Dispose() => Cancel();

    public Status ToStatus(Exception exception) =>
        _deadlinePassed ? new Status(StatusCode.DeadlineExceeded, "The deadline of the call has passed.", exception)
        : _source.IsCancellationRequested ? new Status(StatusCode.Cancelled, "The call was cancelled by the client.", exception)
        : TransportErrors.ToStatus(exception);

    private void PassDeadline()
    {
        _deadlinePassed = true;
        _source.Cancel();
    }
}
