using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>What ends a call from outside: the client goes, or the deadline passes.</summary>
internal sealed class CallLifetime : IDisposable
{
    private readonly CancellationToken _aborted;
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource _either;
    private volatile bool _clientHasGone;

    private CallLifetime(TimeSpan? timeout, CancellationToken aborted)
    {
        _aborted = aborted;
        if (timeout is { } time)
        {
            Deadline = DateTime.UtcNow + time;
            _timer = new CancellationTokenSource(time);
        }
        _either = CancellationTokenSource.CreateLinkedTokenSource(aborted, _timer?.Token ?? CancellationToken.None);
        Token = _either.Token;
    }

    public DateTime Deadline { get; } = DateTime.MaxValue;

    public CancellationToken Token { get; }

    public bool IsPastDeadline => _timer?.IsCancellationRequested == true;

    public bool IsClientGone => _clientHasGone || _aborted.IsCancellationRequested;

    public static CallLifetime Start(CancellationToken aborted) => new(timeout: null, aborted);

    /// <param name="timeout">The header grpc-timeout.</param>
    /// <param name="aborted">Fires when the client goes.</param>
    /// <exception cref="RpcException">INTERNAL: the header is no timeout.</exception>
    public static CallLifetime Start(string timeout, CancellationToken aborted) =>
        TimeoutEncoding.TryDecode(timeout, out var time)
            ? new CallLifetime(time, aborted)
            : throw new RpcException(new Status(StatusCode.Internal, "The grpc-timeout header is malformed."));

    /// <summary>A read or write has met a closed stream. Kestrel says so later, or never when the call ends first.</summary>
    public OperationCanceledException ClientHasGone()
    {
        _clientHasGone = true;
        _either.Cancel();
        return new OperationCanceledException(Token);
    }

    public void Dispose()
    {
        _either.Dispose();
        _timer?.Dispose();
    }
}
