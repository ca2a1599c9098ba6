using System.Globalization;
using Glassbox.V1;
using Inference.Grounding;
using Inference.Grounding.Guard;
using Inference.Grounding.Segments;
using Inference.Server.Errors;
using Inference.Server.Responses;
using Inference.Server.Services;
using GuardAcceptance = Inference.Grounding.Guard.GuardAcceptance;
using GuardAction = Inference.Grounding.Guard.GuardAction;
using GuardStreaming = Inference.Grounding.Guard.GuardStreaming;

namespace Inference.Server.Requests;

/// <summary>Reads <see cref="SentenceGuard"/>; notes every value out of range.</summary>
internal sealed class GuardReader(ServedModel model, Violations violations, string field)
{
    /// <summary>Null where it is absent.</summary>
    public GuardOptions? Read(Glassbox.V1.SentenceGuard? message)
    {
        if (message is null)
        {
            return null;
        }

        var options = new GuardOptions
        {
            Threshold = message.HasThreshold ? Number(message.Threshold, "threshold", value => value is >= 0 and <= 1, "0 to 1") : null,
            Action = Read(message.Action, "action", GuardAction.Annotate),
            Unit = Read(message.Unit, "unit", SegmentUnit.Sentence),
            Streaming = Read(message.Streaming, "streaming", GuardStreaming.Sentence),
        };
        options = WithJudge(options, message);
        if (message.Resampling is { } resampling)
        {
            options = With(options, resampling);
        }

        return options;
    }

    private GuardOptions WithJudge(GuardOptions options, Glassbox.V1.SentenceGuard message)
    {
        switch (message.JudgeCase)
        {
            case Glassbox.V1.SentenceGuard.JudgeOneofCase.Probe:
                options = options with { Probe = ProbesReader.Read(message.Probe, model, violations, $"{field}.probe") };
                break;
            case Glassbox.V1.SentenceGuard.JudgeOneofCase.Claims:
                options = options with
                {
                    Verification = VerificationReader.Read(message.Claims, model, violations, $"{field}.claims") ?? options.Verification,
                };
                return options;
            default:
                violations.Add(field, "nothing that scores sentences", "probe or claims");
                return options;
        }

        if (options.Action == GuardAction.Verify)
        {
            ModelAbility.Verifies(model, $"{field}.action", violations);
        }

        return options;
    }

    private GuardOptions With(GuardOptions options, Resampling resampling)
    {
        if (options.Action != GuardAction.Resample)
        {
            violations.Add($"{field}.resampling", "settings without a use", "absent unless action is GUARD_ACTION_RESAMPLE");
        }

        return options with
        {
            Alternatives = Count(
                resampling.HasAlternatives, resampling.Alternatives, "alternatives", GuardOptions.MostAlternatives) ?? options.Alternatives,
            Attempts = Count(resampling.HasAttempts, resampling.Attempts, "attempts", GuardOptions.MostAttempts) ?? options.Attempts,
            MaxTokens = Count(resampling.HasMaxTokens, resampling.MaxTokens, "max_tokens", int.MaxValue) ?? options.MaxTokens,
            Temperature = resampling.HasTemperature
                ? (float)Number(
                    resampling.Temperature, "resampling.temperature", value => (float)value is > 0 and <= 100, "above 0, up to 100")
                : options.Temperature,
            Acceptance = Read(resampling.Acceptance, "resampling.acceptance", GuardAcceptance.FirstClean),
        };
    }

    /// <summary>Notes a guard that has to look at an image where there is none.</summary>
    public static void CheckImages(GuardOptions? options, int images, Violations violations)
    {
        if (images == 0 && options is { Probe: null } or { Action: GuardAction.Verify })
        {
            violations.Add(
                "parameters.guard", "no image in the conversation", "a conversation with at least one image, to check claims against");
        }
    }

    /// <summary>What was in effect, every field set.</summary>
    public static Glassbox.V1.SentenceGuard? Write(GuardOptions? options)
    {
        if (options is null)
        {
            return null;
        }

        var message = new Glassbox.V1.SentenceGuard
        {
            Threshold = EffectiveParameters.Shortest((float)options.Limit),
            Action = (Glassbox.V1.GuardAction)(options.Action + 1),
            Unit = (GuardUnit)(options.Unit + 1),
            Streaming = (Glassbox.V1.GuardStreaming)(options.Streaming + 1),
        };
        if (options.Probe is { } probe)
        {
            message.Probe = ProbesReader.Write(probe);
        }
        else
        {
            message.Claims = VerificationReader.Write(options.Verification);
        }

        if (options.Action == GuardAction.Resample)
        {
            message.Resampling = new Resampling
            {
                Alternatives = (uint)options.Alternatives,
                Attempts = (uint)options.Attempts,
                MaxTokens = (uint)options.MaxTokens,
                Temperature = EffectiveParameters.Shortest(options.Temperature),
                Acceptance = (Glassbox.V1.GuardAcceptance)(options.Acceptance + 1),
            };
        }

        return message;
    }

    // Values of the API are those of the options, counted from 1; 0 is the usual one.
    private TOption Read<TMessage, TOption>(TMessage value, string name, TOption usual)
        where TMessage : struct, Enum
        where TOption : struct, Enum
    {
        var number = Convert.ToInt32(value, CultureInfo.InvariantCulture);
        if (Enum.IsDefined(value))
        {
            return number == 0 ? usual : Enum.GetValues<TOption>()[number - 1];
        }

        violations.Add($"{field}.{name}", $"{number}", $"0 to {Enum.GetValues<TMessage>().Length - 1}");
        return usual;
    }

    private double Number(double value, string name, Predicate<double> isValid, string allowed)
    {
        if (!isValid(value))
        {
            violations.Add($"{field}.{name}", value.ToString(CultureInfo.InvariantCulture), allowed);
        }

        return value;
    }

    private int? Count(bool present, uint value, string name, int most)
    {
        if (present && (value < 1 || value > most))
        {
            violations.Add($"{field}.resampling.{name}", $"{value}", $"1 to {most}");
        }

        return present ? (int)Math.Clamp(value, 1, (uint)most) : null;
    }
}
