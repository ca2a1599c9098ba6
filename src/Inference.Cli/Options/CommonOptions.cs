using System.CommandLine;

namespace Inference.Cli.Options;

/// <summary>Builders of options with the checks that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "One JSON object on standard output, everything else on standard error." };

    /// <summary><c>--image FILE</c>, as often as wanted.</summary>
    public static Option<string[]> Images() => new("--image")
    {
        HelpName = "FILE",
        Description = "JPEG, PNG or WebP; repeat for several images.",
        DefaultValueFactory = _ => [],
    };

    /// <summary><c>--image FILE</c>.</summary>
    public static Option<string> Image() => new("--image") { HelpName = "FILE", Description = "JPEG, PNG or WebP.", Required = true };

    /// <summary>A whole number within bounds.</summary>
    public static Option<int?> Integer(string name, string helpName, string description, int least, int most = int.MaxValue)
    {
        var option = new Option<int?>(name) { HelpName = helpName, Description = description };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Tokens.Count == 0)
            {
                return;
            }

            if (result.GetValueOrDefault<int?>() is { } value && (value < least || value > most))
            {
                result.AddError($"{name}: found {value}; allowed: {(most == int.MaxValue ? $"{least} or more" : $"{least} to {most}")}");
            }
        });
        return option;
    }
}
