using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>One call on the server: what the service sees of it, and its messages over the HTTP/2 stream.</summary>
internal sealed class ServerCall : ServerCallContext, IDisposable
{
    private readonly HttpContext _http;
    private readonly IMethod _method;
    private readonly GrpcServiceOptions _options;
    private readonly MessageReader _reader;
    private readonly MessageWriter _writer;
    private CallLifetime _lifetime;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private bool _compressesResponses;
    private bool _hasWritten;
    private volatile bool _finished;

    public ServerCall(HttpContext http, IMethod method, GrpcServiceOptions options)
    {
        _http = http;
        _method = method;
        _options = options;
        _lifetime = CallLifetime.Start(http.RequestAborted);
        var encoding = http.Request.Headers[GrpcHeaders.Encoding].ToString();
        _reader = new MessageReader(http.Request.BodyReader, options.MaxReceiveMessageSize, encoding.Length == 0 ? null : encoding);
        _writer = new MessageWriter(http.Response.BodyWriter, options.MaxSendMessageSize);
    }

    public HttpContext HttpContext => _http;

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => _http.Request.Host.Value ?? string.Empty;

    protected override string PeerCore => PeerName.Of(_http.Connection);

    protected override DateTime DeadlineCore => _lifetime.Deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= HttpHeaders.ToMetadata(_http.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _lifetime.Token;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    /// <exception cref="RpcException">The headers name a timeout or an encoding that the server cannot follow.</exception>
    public void Start()
    {
        var request = _http.Request.Headers;
        var response = _http.Response;
        response.ContentType = GrpcHeaders.ContentType;
        response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.AcceptedEncodings;
        if (_options.ResponseCompressionAlgorithm == GrpcHeaders.Gzip) CompressResponses();

        if (request.TryGetValue(GrpcHeaders.Timeout, out var timeout))
        {
            _lifetime.Dispose();
            _lifetime = CallLifetime.Start(timeout.ToString(), _http.RequestAborted);
        }
        if (request[GrpcHeaders.Encoding].ToString() is var encoding && encoding is not ("" or GrpcHeaders.Identity or GrpcHeaders.Gzip))
            throw FrameErrors.UnknownEncoding(encoding);
    }

    public async ValueTask<T> ReadRequestAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        try
        {
            return await _reader.ReadSingleAsync(marshaller.ContextualDeserializer, CancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw _lifetime.ClientHasGone();
        }
    }

    public async ValueTask<T?> ReadRequestOrEndAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await _reader.ReadAsync(marshaller.ContextualDeserializer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw _lifetime.ClientHasGone();
        }
    }

    /// <summary>Puts a response into the pipe; <see cref="FlushAsync"/> or the end of the call sends it.</summary>
    public void WriteResponse<T>(Marshaller<T> marshaller, T response, WriteOptions? writeOptions = null)
        where T : class
    {
        if (_finished) throw new InvalidOperationException("The call has ended; nothing can be written to it.");
        if (response is null) throw new InvalidOperationException($"{_method.FullName} returned null instead of a response.");
        var plain = !_compressesResponses || ((writeOptions ?? WriteOptions)?.Flags & WriteFlags.NoCompress) > 0;
        _writer.Write(response, marshaller.ContextualSerializer, plain ? null : _options.ResponseCompressionLevel);
        _hasWritten = true;
    }

    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken) =>
        _http.Response.BodyWriter.FlushAsync(cancellationToken);

    /// <exception cref="OperationCanceledException">The flush met a client that has gone.</exception>
    public void CheckFlushed(FlushResult result)
    {
        if (result.IsCompleted || result.IsCanceled) throw _lifetime.ClientHasGone();
    }

    /// <summary>Sends status and trailers, in the headers where no message went out.</summary>
    public void Finish()
    {
        _finished = true;
        if (_lifetime.IsClientGone) return;
        if (_writer.IsBroken)
        {
            _http.Abort();
            return;
        }
        // A method that returns, or reports that it was cancelled, after the deadline has missed it.
        if (_lifetime.IsPastDeadline && Status.StatusCode is StatusCode.OK or StatusCode.Cancelled)
            Status = new Status(StatusCode.DeadlineExceeded, "The deadline of the call has passed.");
        HttpHeaders.WriteStatus(_http.Response, Status, _responseTrailers, asTrailers: _hasWritten || _http.Response.HasStarted);
    }

    public void Dispose()
    {
        _lifetime.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (_finished || _hasWritten || _http.Response.HasStarted)
            throw new InvalidOperationException("The response headers have been sent already.");
        foreach (var entry in responseHeaders)
        {
            if (entry.Key == Metadata.CompressionRequestKey)
                SetCompression(entry.Value);
            else
                HttpHeaders.Append(_http.Response.Headers, entry);
        }
        CheckFlushed(await FlushAsync(CancellationToken).ConfigureAwait(false));
    }

    private void SetCompression(string algorithm)
    {
        _compressesResponses = false;
        _http.Response.Headers.Remove(GrpcHeaders.Encoding);
        if (algorithm == GrpcHeaders.Gzip) CompressResponses();
    }

    private void CompressResponses()
    {
        if (!HttpHeaders.AcceptsGzip(_http.Request.Headers)) return;
        _compressesResponses = true;
        _http.Response.Headers[GrpcHeaders.Encoding] = GrpcHeaders.Gzip;
    }
}
