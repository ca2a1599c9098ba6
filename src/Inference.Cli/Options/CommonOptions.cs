using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Inference.Cli.Options;

/// <summary>Builders of options with the checks that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() =>
        new("--json") { Description = "One JSON object on standard output, everything else on standard error." };

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
    public static Option<int?> Integer(string name, string helpName, string description, int least, int most = int.MaxValue) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = result => Parse<int>(
            result, name, most == int.MaxValue ? $"{least} or more" : $"{least} to {most}", value => value >= least && value <= most),
    };

    /// <summary>A number; its bounds are checked where all settings come together.</summary>
    public static Option<T?> Number<T>(string name, string helpName, string description)
        where T : struct, INumber<T> => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = result => Parse<T>(result, name, T.Zero is float ? "a number" : "a whole number of 0 or more", _ => true),
    };

    /// <summary>Parses a number from 0 to 1.</summary>
    public static double? Share(ArgumentResult result, string name) =>
        Parse<double>(result, name, "0 to 1", value => value is >= 0 and <= 1);

    // No token: the option stands without its value, where it may.
    private static T? Parse<T>(ArgumentResult result, string name, string allowed, Predicate<T> isAllowed)
        where T : struct, INumber<T>
    {
        if (result.Tokens.Count == 0)
        {
            return null;
        }

        var text = result.Tokens[0].Value;
        var styles = T.Zero is float or double ? NumberStyles.Float : NumberStyles.AllowLeadingSign;
        if (T.TryParse(text, styles, CultureInfo.InvariantCulture, out var value) && isAllowed(value))
        {
            return value;
        }

        result.AddError($"{name}: found '{text}'; allowed: {allowed}");
        return null;
    }
}
