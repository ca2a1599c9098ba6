using System.Globalization;
using Glassbox.V1;
using Inference.Grounding;
using Inference.Grounding.Verification;
using Inference.Server.Errors;
using Inference.Server.Services;

namespace Inference.Server.Requests;

/// <summary>Reads <see cref="Verification"/>; notes every value out of range.</summary>
internal static class VerificationReader
{
    private const string Field = "parameters.verification";

    /// <summary>Null where it is absent.</summary>
    public static VerificationOptions? Read(Verification? message, ServedModel model, Violations violations, string field = Field) =>
        message is not null && ModelAbility.Verifies(model, field, violations) ? Read(message, field, violations) : null;

    /// <summary>The message with every field checked.</summary>
    public static VerificationOptions Read(Verification message, string field, Violations violations)
    {
        var options = new VerificationOptions();
        if (message.HasThreshold && !(message.Threshold is >= 0 and <= 1))
        {
            violations.Add($"{field}.threshold", message.Threshold.ToString(CultureInfo.InvariantCulture), "0 to 1");
        }

        if (message.HasMinLength && !(message.MinLength is >= 0 and <= 1))
        {
            violations.Add($"{field}.min_length", message.MinLength.ToString(CultureInfo.InvariantCulture), "0 to 1");
        }

        if (message.HasMaxClaims && message.MaxClaims is < 1 or > VerificationOptions.MostClaims)
        {
            violations.Add($"{field}.max_claims", $"{message.MaxClaims}", $"1 to {VerificationOptions.MostClaims}");
            return options;
        }

        return options with
        {
            Threshold = message.HasThreshold ? message.Threshold : options.Threshold,
            MaxClaims = message.HasMaxClaims ? (int)message.MaxClaims : options.MaxClaims,
            MinLength = message.HasMinLength ? message.MinLength : options.MinLength,
        };
    }

    /// <summary>Notes a verification without anything to verify against.</summary>
    public static void CheckImages(VerificationOptions? options, int images, Violations violations)
    {
        if (options is not null && images == 0)
        {
            violations.Add(Field, "no image in the conversation", "a conversation with at least one image");
        }
    }

    /// <summary>What was in effect, every field set.</summary>
    public static Verification? Write(VerificationOptions? options) =>
        options is null ? null : new Verification
        {
            Threshold = options.Threshold,
            MaxClaims = (uint)options.MaxClaims,
            MinLength = options.MinLength,
        };
}
