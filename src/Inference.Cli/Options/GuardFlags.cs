using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Inference.Cli.Assistants;
using Inference.Grounding.Guard;
using Inference.Grounding.Segments;

namespace Inference.Cli.Options;

/// <summary><c>--guard claims</c> or <c>--guard PROBE</c>, and how it acts.</summary>
internal sealed class GuardFlags
{
    private const string Claims = "claims";

    private readonly Option<string?> _judge = new("--guard")
    {
        HelpName = "claims|PROBE",
        Description = "Watch the answer sentence by sentence: score each by asking the model about its claims, or with a probe.",
    };

    private readonly Option<GuardAction?> _action = Choice<GuardAction>(
        "--guard-action", "What happens to a sentence over the threshold: annotate (default), verify, abstain or resample.");

    private readonly Option<SegmentUnit?> _unit = Choice<SegmentUnit>("--guard-unit", "What is scored: sentence (default) or clause.");

    private readonly Option<double?> _threshold = new("--guard-threshold")
    {
        HelpName = "X",
        Description = "Reject sentences whose score is above X, 0 to 1; by default the probe's own threshold, 0.5 for claims.",
        CustomParser = result => CommonOptions.Share(result, "--guard-threshold"),
    };

    private readonly Option<double?> _rate = new("--guard-rate")
    {
        HelpName = "R",
        Description = "Reject by the probe's threshold that is passed wrongly this often, such as 0.05.",
        CustomParser = result => CommonOptions.Share(result, "--guard-rate"),
    };

    private readonly Option<int?> _alternatives = CommonOptions.Integer(
        "--guard-alternatives", "N", "Alternatives of a rejected sentence that are sampled at once (4).", 1, GuardOptions.MostAlternatives);

    private readonly Option<int?> _attempts = CommonOptions.Integer(
        "--guard-attempts", "N", "Times that a sentence is sampled again (2).", 1, GuardOptions.MostAttempts);

    private readonly Option<int?> _tokens = CommonOptions.Integer(
        "--guard-tokens", "N", "Tokens of alternatives in the whole answer (1024).", 1);

    private readonly Option<float?> _temperature = CommonOptions.Number<float>(
        "--guard-temperature", "T", "Temperature of alternatives where the request is greedy (0.7).");

    private readonly Option<bool> _best = new("--guard-best")
    {
        Description = "Take the best of the clean alternatives instead of the first.",
    };

    private GuardFlags()
    {
    }

    private IEnumerable<Option> Settings =>
        [_action, _unit, _threshold, _rate, _alternatives, _attempts, _tokens, _temperature, _best];

    /// <summary>Adds the options to a command.</summary>
    public static GuardFlags AddTo(Command command)
    {
        var flags = new GuardFlags();
        command.Options.Add(flags._judge);
        foreach (var option in flags.Settings)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(flags.Check);
        return flags;
    }

    /// <summary>What was asked for, or null.</summary>
    public GuardQuestion? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_judge) is not { } judge)
        {
            return null;
        }

        var usual = new GuardOptions();
        return new GuardQuestion(judge == Claims ? null : judge, parsed.GetValue(_rate), new GuardOptions
        {
            Action = parsed.GetValue(_action) ?? usual.Action,
            Unit = parsed.GetValue(_unit) ?? usual.Unit,
            Threshold = parsed.GetValue(_threshold),
            Alternatives = parsed.GetValue(_alternatives) ?? usual.Alternatives,
            Attempts = parsed.GetValue(_attempts) ?? usual.Attempts,
            MaxTokens = parsed.GetValue(_tokens) ?? usual.MaxTokens,
            Temperature = parsed.GetValue(_temperature) ?? usual.Temperature,
            Acceptance = parsed.GetValue(_best) ? GuardAcceptance.Best : usual.Acceptance,
        });
    }

    private void Check(CommandResult result)
    {
        var isGiven = result.GetResult(_judge) is { Implicit: false };
        if (!isGiven && Settings.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } lone)
        {
            result.AddError($"{lone.Name}: found no guard; allowed: together with --guard");
        }

        if (isGiven && result.GetValue(_judge) == Claims && result.GetResult(_rate) is { Implicit: false })
        {
            result.AddError("--guard-rate: found no probe; allowed: together with --guard PROBE");
        }

        if (result.GetResult(_temperature) is { Implicit: false } && result.GetValue(_temperature) is { } given and not (> 0 and <= 100))
        {
            result.AddError($"--guard-temperature: found {given.ToString(CultureInfo.InvariantCulture)}; allowed: above 0, up to 100");
        }
    }

    private static Option<T?> Choice<T>(string name, string description)
        where T : struct, Enum => new(name)
    {
        HelpName = "NAME",
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
            foreach (var value in Enum.GetValues<T>())
            {
                if (text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            var allowed = string.Join(", ", Enum.GetNames<T>().Select(known => known.ToLowerInvariant()));
            result.AddError($"{name}: found '{text}'; allowed: {allowed}");
            return null;
        },
    };
}
