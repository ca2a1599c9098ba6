using System.Globalization;
using Grpc.Core;
using Inference.Models.Imaging;
using Inference.Models.Prompts;

namespace Inference.Server.Errors;

/// <summary>What is wrong with a request: every field, not only the first.</summary>
internal sealed class Violations
{
    // Details travel in a trailer; clients refuse headers beyond 8 KiB.
    private const int MaxDetailBytes = 4000;
    private const int MaxFound = 200;

    private readonly List<(string Field, string Description)> _violations = [];
    private int _count;
    private int _bytes;
    private (string Reason, long Actual, long Limit)? _exceeded;

    public bool Any => _count > 0;

    public void Add(string field, string found, string allowed)
    {
        var description = $"found {(found.Length > MaxFound ? found[..MaxFound] + "…" : found)}; allowed: {allowed}";
        _count++;
        _bytes += field.Length + description.Length;
        if (_bytes <= MaxDetailBytes)
        {
            _violations.Add((field, description));
        }
    }

    /// <summary>A bound that was exceeded; the first one also goes into ErrorInfo under <paramref name="reason"/>.</summary>
    public void AddExceeded(string field, string what, string reason, long actual, long limit)
    {
        _exceeded ??= (reason, actual, limit);
        Add(field, FormattableString.Invariant($"{actual} {what}"), FormattableString.Invariant($"at most {limit} {what}"));
    }

    public void Add(PromptException refusal) => Add(refusal.Field, refusal.Found, refusal.Allowed);

    /// <summary>An image that was refused; the message of the refusal is written for clients.</summary>
    public void Add(string field, ImageException refusal)
    {
        if (refusal is { Actual: { } actual, Limit: { } limit })
        {
            _exceeded ??= (ErrorReasons.ImageTooLarge, actual, limit);
        }

        Add(field, refusal.Message, "a JPEG, PNG or WebP file within the caps");
    }

    /// <exception cref="RpcException">INVALID_ARGUMENT with BadRequest: there are violations.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw ToException();
        }
    }

    public RpcException ToException()
    {
        var first = _violations.Count > 0 ? $"{_violations[0].Field}: {_violations[0].Description}" : "The request is not valid.";
        var status = new RichStatus(StatusCode.InvalidArgument, _count > 1 ? $"{first} (and {_count - 1} more)" : first);
        foreach (var (field, description) in _violations)
        {
            status.WithFieldViolation(field, description);
        }

        if (_count > _violations.Count)
        {
            status.WithFieldViolation("", $"{_count - _violations.Count} more violations are left out");
        }

        return (_exceeded is { } exceeded ? status.WithErrorInfo(exceeded.Reason, ("actual", Text(exceeded.Actual)), ("limit", Text(exceeded.Limit))) : status)
            .ToException();
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
