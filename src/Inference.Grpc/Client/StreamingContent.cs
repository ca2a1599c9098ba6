using System.Net;

namespace Grpc.Net.Client;

/// <summary>A request body that stays open: it lends its stream to the writer and ends when the writer does.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The body to write to, once the connection stands; cancelled if the call ends before that.</summary>
    public Task<Stream> Stream => _stream.Task;

    public bool IsCompleted => _completed.Task.IsCompleted;

    /// <summary>Half-closes.</summary>
    public void Complete()
    {
        _completed.TrySetResult();
        _stream.TrySetCanceled();
    }

    /// <summary>Half-closes after the connection stands.</summary>
    public async Task CompleteAsync()
    {
        await ((Task)_stream.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _completed.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The headers leave with the first flush; the server may answer before the first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        _stream.TrySetResult(stream);
        await _completed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
