using System.IO.Pipelines;
using System.Net;

namespace Grpc.Net.Client;

/// <summary>A request body with one message.</summary>
internal sealed class UnaryContent<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, TRequest request) : HttpContent
    where TRequest : class
    where TResponse : class
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        using var writer = call.CreateWriter(pipe);
        writer.Write(request, call.RequestMarshaller.ContextualSerializer, call.Compression);
        await pipe.FlushAsync(cancellationToken).ConfigureAwait(false);
        await pipe.CompleteAsync().ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
