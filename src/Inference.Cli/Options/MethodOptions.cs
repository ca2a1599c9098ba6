using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Grounding.Answers;
using Inference.Grounding.Verification;

namespace Inference.Cli.Options;

/// <summary>Whole-answer methods: <c>--verify</c>, <c>--threshold</c>, <c>--best-of</c>, <c>--guard</c>.</summary>
internal sealed class MethodOptions
{
    private readonly Option<bool> _verify = new("--verify")
    {
        Description = "Ask the model about every claim of its answer and report how sure it is of each.",
    };

    private readonly Option<double?> _threshold = Threshold();

    private readonly Option<int?> _bestOf = CommonOptions.Integer(
        "--best-of", "N", "Sample N answers and take the one with the fewest claims that the model rejects; with --temperature.", 1,
        AnswerOptions.MostSamples);

    private readonly GuardFlags _guard;

    private MethodOptions(Command command) => _guard = GuardFlags.AddTo(command);

    /// <summary><c>--threshold X</c>.</summary>
    public static Option<double?> Threshold() => new("--threshold")
    {
        HelpName = "X",
        Description = "Reject claims unless yes has more than this share of yes and no (0.5).",
        CustomParser = result => CommonOptions.Share(result, "--threshold"),
    };

    /// <summary>Adds the options to a command.</summary>
    public static MethodOptions AddTo(Command command)
    {
        var options = new MethodOptions(command);
        command.Options.Add(options._verify);
        command.Options.Add(options._threshold);
        command.Options.Add(options._bestOf);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(options._verify) && result.GetResult(options._threshold) is { Implicit: false })
            {
                result.AddError("--threshold: found nothing to reject; allowed: together with --verify");
            }
        });
        return options;
    }

    /// <summary>How claims are checked, or null.</summary>
    public VerificationOptions? ReadVerification(ParseResult parsed) =>
        parsed.GetValue(_verify) ? Verification(parsed.GetValue(_threshold)) : null;

    /// <summary>Answers to choose from.</summary>
    public int ReadBestOf(ParseResult parsed) => parsed.GetValue(_bestOf) ?? 1;

    /// <summary>What watches the answer, or null.</summary>
    /// <exception cref="UsageException">Several answers are asked for besides.</exception>
    public GuardQuestion? ReadGuard(ParseResult parsed)
    {
        var guard = _guard.Read(parsed);
        return guard is null || ReadBestOf(parsed) == 1
            ? guard
            : throw new UsageException("--best-of: found --guard; allowed: one of them");
    }

    /// <summary>With a threshold of the caller's, or the default.</summary>
    public static VerificationOptions Verification(double? threshold)
    {
        var options = new VerificationOptions();
        return options with { Threshold = threshold ?? options.Threshold };
    }
}
