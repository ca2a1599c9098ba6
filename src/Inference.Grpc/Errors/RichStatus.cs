using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Grpc.Core;

/// <summary>Builds a status with typed details: what a program on the other side can act on.</summary>
public sealed class RichStatus(StatusCode code, string message)
{
    /// <summary>The domain of the reasons in ErrorInfo.</summary>
    public const string Domain = "glassbox";

    private readonly BadRequest _badRequest = new();
    private readonly QuotaFailure _quotaFailure = new();
    private ErrorInfo? _errorInfo;
    private RetryInfo? _retryInfo;

    /// <summary>A field that is wrong, by its path, such as <c>regions[3].box</c>.</summary>
    public RichStatus WithFieldViolation(string field, string description)
    {
        _badRequest.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = description });
        return this;
    }

    /// <summary>Which error this is, as an UPPER_SNAKE_CASE reason, and the values that belong to it.</summary>
    public RichStatus WithErrorInfo(string reason, params IEnumerable<(string Key, string Value)> values)
    {
        _errorInfo = new ErrorInfo { Reason = reason, Domain = Domain };
        foreach (var (key, value) in values)
            _errorInfo.Metadata[key] = value;
        return this;
    }

    /// <summary>When trying again makes sense.</summary>
    public RichStatus WithRetryInfo(TimeSpan delay)
    {
        _retryInfo = new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) };
        return this;
    }

    /// <summary>A limit that was exceeded, and whose it is.</summary>
    public RichStatus WithQuotaViolation(string subject, string description)
    {
        _quotaFailure.Violations.Add(new QuotaFailure.Types.Violation { Subject = subject, Description = description });
        return this;
    }

    public Google.Rpc.Status ToRpcStatus()
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        if (_badRequest.FieldViolations.Count > 0) Add(_badRequest);
        if (_errorInfo is not null) Add(_errorInfo);
        if (_quotaFailure.Violations.Count > 0) Add(_quotaFailure);
        if (_retryInfo is not null) Add(_retryInfo);
        return status;

        void Add(IMessage detail) => status.Details.Add(Any.Pack(detail));
    }

    /// <summary>To be thrown by a service.</summary>
    public RpcException ToException() => ToRpcStatus().ToRpcException();
}
