using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// The responses of a streaming call. A write completes when the connection has taken it, so a slow client slows its own service.
/// </summary>
internal sealed class ResponseStreamWriter<T>(ServerCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    // Messages with BufferHint wait for others, but not without bound.
    private const long LargestWait = 32 * 1024;

    private int _writing;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("The previous write has not completed; only one write at a time.");

        var pending = false;
        try
        {
            call.CancellationToken.ThrowIfCancellationRequested();
            var options = WriteOptions ?? call.WriteOptions;
            call.WriteResponse(marshaller, message, options);
            if (MayWait(options)) return Task.CompletedTask;

            var either = CallToken.Join(call.CancellationToken, cancellationToken, out var token);
            var flush = call.FlushAsync(token);
            if (!flush.IsCompletedSuccessfully || either is not null)
            {
                pending = true;
                return AwaitAsync(flush, either);
            }
            call.CheckFlushed(flush.Result);
            return Task.CompletedTask;
        }
        finally
        {
            if (!pending) Volatile.Write(ref _writing, 0);
        }
    }

    private bool MayWait(WriteOptions? options) =>
        (options?.Flags & WriteFlags.BufferHint) > 0
        && call.HttpContext.Response.BodyWriter is { CanGetUnflushedBytes: true, UnflushedBytes: < LargestWait };

    private async Task AwaitAsync(ValueTask<FlushResult> flush, CancellationTokenSource? either)
    {
        try
        {
            call.CheckFlushed(await flush.ConfigureAwait(false));
        }
        finally
        {
            either?.Dispose();
            Volatile.Write(ref _writing, 0);
        }
    }
}
