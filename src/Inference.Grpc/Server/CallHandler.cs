using System.Diagnostics;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Runs the calls of one method. This is the one place where an exception becomes a status.</summary>
internal sealed class CallHandler(IMethod method, GrpcServiceOptions options, ILogger logger, Func<ServerCall, Task> invoke)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (!RequestValidation.Accept(http)) return;

        using var call = new ServerCall(http, method, options);
        try
        {
            call.Start();
            await invoke(call).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a service throws must end its own call and nothing else.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            call.Status = ToStatus(exception, call);
        }
        call.Finish();
    }

    private Status ToStatus(Exception exception, ServerCall call)
    {
        switch (exception)
        {
            case RpcException rpc:
                ServerLog.CallFailed(logger, method.FullName, rpc.StatusCode, rpc.Status.Detail);
                foreach (var trailer in rpc.Trailers.ToArray())
                    call.ResponseTrailers.Add(trailer);
                return rpc.Status;
            case OperationCanceledException when call.CancellationToken.IsCancellationRequested:
                return Status.DefaultCancelled;
            default:
                // The client gets the id, the log gets the exception: its text may hold what no client should see.
                var correlationId = Activity.Current?.TraceId.ToHexString() ?? Guid.NewGuid().ToString("N");
                ServerLog.UnhandledException(logger, method.FullName, correlationId, exception);
                return new Status(StatusCode.Internal, $"An internal error occurred. Correlation id: {correlationId}");
        }
    }
}
