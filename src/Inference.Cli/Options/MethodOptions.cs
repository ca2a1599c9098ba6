using System.CommandLine;
using Inference.Grounding.Verification;

namespace Inference.Cli.Options;

/// <summary>Whole-answer methods: <c>--verify</c>, <c>--threshold</c>.</summary>
internal sealed class MethodOptions
{
    private readonly Option<bool> _verify = new("--verify")
    {
        Description = "Ask the model about every claim of its answer and report how sure it is of each.",
    };

    private readonly Option<double?> _threshold = Threshold();

    private MethodOptions()
    {
    }

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
        var options = new MethodOptions();
        command.Options.Add(options._verify);
        command.Options.Add(options._threshold);
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
    public VerificationOptions? ReadVerification(ParseResult parsed) => parsed.GetValue(_verify) ? Verification(parsed.GetValue(_threshold)) : null;

    /// <summary>With a threshold of the caller's, or the default.</summary>
    public static VerificationOptions Verification(double? threshold)
    {
        var options = new VerificationOptions();
        return options with { Threshold = threshold ?? options.Threshold };
    }
}
