using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} threw an exception that no status covers (correlation id {CorrelationId}).")]
    public static partial void UnhandledException(ILogger logger, string method, string correlationId, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "{Method} ended with {Code}: {Detail}")]
    public static partial void CallFailed(ILogger logger, string method, StatusCode code, string detail);
}
