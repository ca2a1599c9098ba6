using Google.Rpc;
using Grpc.Core;

namespace Inference.Server.Tests.Support;

/// <summary>Reads the details of a failed call.</summary>
internal static class Status
{
    public static string[] Fields(this RpcException failure) =>
        [.. failure.GetDetail<BadRequest>()?.FieldViolations.Select(violation => violation.Field) ?? []];

    public static string? Reason(this RpcException failure) => failure.GetDetail<ErrorInfo>()?.Reason;

    public static string? Metadata(this RpcException failure, string key) =>
        failure.GetDetail<ErrorInfo>()?.Metadata.GetValueOrDefault(key);

    public static TimeSpan? RetryDelay(this RpcException failure) => failure.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan();
}
