using Grpc.Core;
using Inference.Engine;

namespace Inference.Server.Errors;

/// <summary>
/// The statuses that calls are refused or ended with. None carries the text of an exception that was not written for clients.
/// </summary>
internal static class Rejections
{
    public static RpcException UnknownModel(string name, IEnumerable<string> known)
    {
        var asked = name.Length > 100 ? name[..100] + "…" : name;
        var list = string.Join(", ", known);
        return RpcErrors.NotFound(
            ErrorReasons.ModelNotFound, $"The model '{asked}' is not served here; known models: {list}.", ("model", asked),
            ("known_models", list));
    }

    public static RpcException ImageNotCached(string field, string sha256) => RpcErrors.FailedPrecondition(
        ErrorReasons.ImageNotCached, $"{field}: the image {sha256} is not known here, or no longer; send its bytes again.",
        ("field", field), ("sha256", sha256));

    public static RpcException SlowReader() =>
        new RichStatus(StatusCode.ResourceExhausted, "The stream was left unread for too long and was cut off.")
            .WithErrorInfo(ErrorReasons.SlowReader)
            .ToException();

    public static RpcException Cancelled() => new(new Status(StatusCode.Cancelled, "The call was cancelled."));

    /// <summary>What a refusal of the engine becomes.</summary>
    public static RpcException From(AdmissionException refusal, TimeSpan retry) => refusal.Error switch
    {
        AdmissionError.QueueFull => RpcErrors.Exhausted("queue", ErrorReasons.QueueFull, refusal.Message, retry),
        AdmissionError.Draining => RpcErrors.Unavailable(ErrorReasons.ServerDraining, refusal.Message, retry),
        AdmissionError.KvTooSmall => Exceeded("parameters.stop.max_tokens", "KV pages", ErrorReasons.KvTooSmall, refusal),
        _ => Exceeded("messages", "tokens", ErrorReasons.ContextTooLong, refusal),
    };

    private static RpcException Exceeded(string field, string what, string reason, AdmissionException refusal)
    {
        var violations = new Violations();
        violations.AddExceeded(field, what, reason, refusal.Actual, refusal.Limit);
        return violations.ToException();
    }
}
