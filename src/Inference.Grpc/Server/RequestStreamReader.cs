using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>The requests of a streaming call, ending when the client half-closes.</summary>
internal sealed class RequestStreamReader<T>(ServerCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;
    private bool _ended;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext has not returned true.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_ended) return false;
        using var either = CallToken.Join(call.CancellationToken, cancellationToken, out var token);
        _current = await call.ReadRequestOrEndAsync(marshaller, token).ConfigureAwait(false);
        _ended = _current is null;
        return !_ended;
    }
}
