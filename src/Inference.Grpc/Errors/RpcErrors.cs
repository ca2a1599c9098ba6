using System.Globalization;

namespace Grpc.Core;

/// <summary>The errors of a service by situation, each with the code and the details it goes with.</summary>
public static class RpcErrors
{
    /// <summary>A field of the request is wrong: INVALID_ARGUMENT with BadRequest.</summary>
    public static RpcException InvalidField(string field, string description) =>
        new RichStatus(StatusCode.InvalidArgument, $"{field}: {description}").WithFieldViolation(field, description).ToException();

    /// <summary>A field exceeds a fixed limit, so that trying again cannot help: INVALID_ARGUMENT with limit and actual value.</summary>
    public static RpcException AboveLimit(string field, string reason, string description, long limit, long actual) =>
        new RichStatus(StatusCode.InvalidArgument, $"{field}: {description}")
            .WithFieldViolation(field, description)
            .WithErrorInfo(reason, ("limit", Text(limit)), ("actual", Text(actual)))
            .ToException();

    /// <summary>A queue or quota is full: RESOURCE_EXHAUSTED with QuotaFailure and RetryInfo.</summary>
    public static RpcException Exhausted(string subject, string reason, string description, TimeSpan retryAfter) =>
        new RichStatus(StatusCode.ResourceExhausted, description)
            .WithErrorInfo(reason)
            .WithQuotaViolation(subject, description)
            .WithRetryInfo(retryAfter)
            .ToException();

    /// <summary>The server is loading or draining: UNAVAILABLE with RetryInfo.</summary>
    public static RpcException Unavailable(string reason, string description, TimeSpan retryAfter) =>
        new RichStatus(StatusCode.Unavailable, description).WithErrorInfo(reason).WithRetryInfo(retryAfter).ToException();

    /// <summary>The deadline passed while the request was in that stage: DEADLINE_EXCEEDED.</summary>
    public static RpcException DeadlineExceeded(string stage) =>
        new RichStatus(StatusCode.DeadlineExceeded, $"The deadline of the call passed during {stage}.")
            .WithErrorInfo("DEADLINE_EXCEEDED", ("stage", stage))
            .ToException();

    /// <summary>What the request names does not exist, such as a model: NOT_FOUND.</summary>
    public static RpcException NotFound(string reason, string description, params IEnumerable<(string Key, string Value)> values) =>
        new RichStatus(StatusCode.NotFound, description).WithErrorInfo(reason, values).ToException();

    /// <summary>Something must be done first, such as sending an image again: FAILED_PRECONDITION.</summary>
    public static RpcException FailedPrecondition(
        string reason, string description, params IEnumerable<(string Key, string Value)> values) =>
        new RichStatus(StatusCode.FailedPrecondition, description).WithErrorInfo(reason, values).ToException();

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
