using Microsoft.Extensions.Logging;

namespace Inference.Server;

/// <summary>What the server logs. Never prompts, answers or image bytes.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Listening on {Address}.")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Serving {Models} after {Milliseconds} ms.")]
    public static partial void Serving(ILogger logger, string models, long milliseconds);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Draining: running calls have {Timeout} to end.")]
    public static partial void Draining(ILogger logger, TimeSpan timeout);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "The drain timeout has passed; the calls that are left are cancelled.")]
    public static partial void DrainTimedOut(ILogger logger);

    [LoggerMessage(EventId = 5, Level = LogLevel.Critical, Message = "The step loop has ended; no request can be answered any more.")]
    public static partial void EngineFailed(ILogger logger, Exception failure);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "A region could not be described.")]
    public static partial void RegionFailed(ILogger logger, Exception failure);

    [LoggerMessage(EventId = 7, Level = LogLevel.Critical, Message = "The models could not be loaded.")]
    public static partial void LoadingFailed(ILogger logger, Exception failure);
}
