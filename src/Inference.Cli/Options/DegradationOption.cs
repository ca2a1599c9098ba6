using System.CommandLine;
using Inference.Grounding.Evaluation.Degrading;

namespace Inference.Cli.Options;

/// <summary><c>--degrade noise:32</c> and the like.</summary>
internal static class DegradationOption
{
    public static Option<Degradation?> Create() => new("--degrade")
    {
        HelpName = "HOW",
        Description = $"Make the images worse first: {Degradation.Form}.",
        CustomParser = result =>
        {
            try
            {
                return Degradation.Parse(result.Tokens[0].Value);
            }
            catch (FormatException problem)
            {
                result.AddError($"--degrade: {problem.Message}");
                return null;
            }
        },
    };
}
