using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The requests of a streaming call.</summary>
internal sealed class RequestStreamWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, StreamingContent content)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    // Messages with BufferHint wait for others, but not without bound.
    private const long LargestWait = 32 * 1024;

    private PipeWriter? _pipe;
    private MessageWriter? _writer;
    private int _writing;

    public WriteOptions? WriteOptions { get; set; } = call.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("The previous write has not completed; only one write at a time.");
        try
        {
            using var registration = cancellationToken.UnsafeRegister(_ => call.Cancel(), null);
            await OpenAsync().ConfigureAwait(false);
            if (content.IsCompleted) throw new InvalidOperationException("The request stream is complete; nothing can be written to it.");
            _writer!.Write(message, call.RequestMarshaller.ContextualSerializer, Has(WriteFlags.NoCompress) ? null : call.Compression);
            if (Has(WriteFlags.BufferHint) && _pipe!.UnflushedBytes < LargestWait) return;
            await _pipe!.FlushAsync(call.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (TransportErrors.IsExpected(exception))
        {
            throw await call.WriteErrorAsync(exception).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public async Task CompleteAsync()
    {
        try
        {
            if (_pipe is { UnflushedBytes: > 0 }) await _pipe.FlushAsync(call.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (TransportErrors.IsExpected(exception))
        {
            throw await call.WriteErrorAsync(exception).ConfigureAwait(false);
        }
        await content.CompleteAsync().ConfigureAwait(false);
        _writer?.Dispose();
    }

    private bool Has(WriteFlags flag) => (WriteOptions?.Flags & flag) > 0;

    private async Task OpenAsync()
    {
        if (_pipe is not null) return;
        var stream = await content.Stream.ConfigureAwait(false);
        _pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        _writer = call.CreateWriter(_pipe);
    }
}
