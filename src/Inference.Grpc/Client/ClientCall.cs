using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// One call on the client. Whatever goes wrong on the way becomes one status, kept here and thrown as <see cref="RpcException"/>.
/// </summary>
internal sealed class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly CallOptions _options;
    private readonly CallCancellation _cancellation;
    private readonly TaskCompletionSource<Metadata> _responseHeaders = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpContent? _content;
    private Task<MessageReader?>? _opened;
    private HttpResponseMessage? _response;
    private Outcome? _outcome;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _options = options;
        Compression = RequestHeaders.Compression(options.Headers);
        _cancellation = new CallCancellation(options.Deadline, options.CancellationToken);
    }

    public Task<Metadata> ResponseHeaders => _responseHeaders.Task;

    public CompressionLevel? Compression { get; }

    public CancellationToken CancellationToken => _cancellation.Token;

    public WriteOptions? WriteOptions => _options.WriteOptions;

    public Marshaller<TRequest> RequestMarshaller => _method.RequestMarshaller;

    public void Start(string? host, HttpContent content)
    {
        _content = content;
        var uri = new Uri(_channel.Address, _method.FullName);
        _opened = OpenAsync(RequestHeaders.CreateRequest(uri, host, _options, Compression, content));
        // A failure shows where the call is read; nobody has to look at the headers too.
        _ = _opened.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        _ = _responseHeaders.Task.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
    }

    public MessageWriter CreateWriter(PipeWriter pipe) => new(pipe, _channel.MaxSendMessageSize);

    /// <summary>The next response, or null when the call has ended with OK.</summary>
    /// <exception cref="RpcException">The call ended with another status.</exception>
    public async Task<TResponse?> ReadAsync()
    {
        try
        {
            var reader = await _opened!.ConfigureAwait(false);
            if (_outcome is null)
            {
                var deserializer = _method.ResponseMarshaller.ContextualDeserializer;
                var response = await reader!.ReadAsync(deserializer, CancellationToken).ConfigureAwait(false);
                if (response is not null) return response;
                Finish(ResponseStatus.FromTrailers(_response!));
            }
        }
        catch (Exception exception) when (exception is not RpcException || _outcome is null)
        {
            throw Fail(exception).ToException();
        }
        return _outcome!.Status.StatusCode == StatusCode.OK ? null : throw _outcome.ToException();
    }

    /// <summary>The only response of the call.</summary>
    /// <exception cref="RpcException">The call ended with another status than OK, or without exactly one response.</exception>
    public async Task<TResponse> ReadSingleAsync()
    {
        var response = await ReadAsync().ConfigureAwait(false);
        if (response is null) throw Replace(FrameErrors.NoMessage()).ToException();
        if (await ReadAsync().ConfigureAwait(false) is not null) throw Fail(FrameErrors.ManyMessages()).ToException();
        return response;
    }

    /// <summary>The error of a write that failed: the status the server gave, where it gave one.</summary>
    public async Task<RpcException> WriteErrorAsync(Exception exception)
    {
        await ((Task)_opened!).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (_outcome ?? new Outcome(_cancellation.ToStatus(exception), Metadata.Empty)).ToException();
    }

    public void Cancel() => _cancellation.Cancel();

    public Status GetStatus() => Ended().Status;

    public Metadata GetTrailers() => Ended().Trailers;

    public void Dispose()
    {
        // A call that has ended keeps its outcome.
        Finish(new Outcome(new Status(StatusCode.Cancelled, "The call was disposed before it ended."), Metadata.Empty));
        _cancellation.Dispose();
    }

    // The reader, or null where the call ended with its headers.
    private async Task<MessageReader?> OpenAsync(HttpRequestMessage request)
    {
        try
        {
            _response = await _channel.SendAsync(request, CancellationToken).ConfigureAwait(false);
            // Only disposing the response resets the stream, which is what tells the server.
            CancellationToken.UnsafeRegister(static response => ((HttpResponseMessage)response!).Dispose(), _response);
            var early = ResponseStatus.FromHeaders(_response);
            _responseHeaders.TrySetResult(ResponseStatus.Headers(_response));
            if (early is not null)
            {
                Finish(early);
                return null;
            }
            var stream = await _response.Content.ReadAsStreamAsync(CancellationToken).ConfigureAwait(false);
            var encoding = _response.Headers.TryGetValues(GrpcHeaders.Encoding, out var values) ? values.First() : null;
            return new MessageReader(PipeReader.Create(stream), _channel.MaxReceiveMessageSize, encoding);
        }
#pragma warning disable CA1031 // Every failure of the transport becomes the status of the call.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _responseHeaders.TrySetException(Fail(exception).ToException());
            return null;
        }
    }

    private Outcome Fail(Exception exception)
    {
        Finish(new Outcome(_cancellation.ToStatus(exception), Metadata.Empty));
        _cancellation.Cancel();
        return _outcome!;
    }

    private Outcome Replace(RpcException error) => _outcome = new Outcome(error.Status, _outcome?.Trailers ?? Metadata.Empty);

    private void Finish(Outcome outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is not null) return;
        _cancellation.StopTimer();
        (_content as StreamingContent)?.Complete();
    }

    private Outcome Ended() => _outcome ?? throw new InvalidOperationException("The call has not ended.");
}
