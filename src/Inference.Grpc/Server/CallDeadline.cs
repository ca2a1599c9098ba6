using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>The deadline of a call, as a token that also fires when the client goes.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    private CallDeadline(TimeSpan timeout, CancellationToken aborted)
    {
        Deadline = DateTime.UtcNow + timeout;
        _timer = new CancellationTokenSource(timeout);
        _either = CancellationTokenSource.CreateLinkedTokenSource(aborted, _timer.Token);
        Token = _either.Token;
    }

    public DateTime Deadline { get; }

    public CancellationToken Token { get; }

    public bool HasPassed => _timer.IsCancellationRequested;

    /// <exception cref="RpcException">INTERNAL: the header is no timeout.</exception>
    public static CallDeadline Start(string header, CancellationToken aborted) =>
        TimeoutEncoding.TryDecode(header, out var timeout)
            ? new CallDeadline(timeout, aborted)
            : throw new RpcException(new Status(StatusCode.Internal, "The grpc-timeout header is malformed."));

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
