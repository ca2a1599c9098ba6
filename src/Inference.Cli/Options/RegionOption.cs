using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Inference.Models.Regions;

namespace Inference.Cli.Options;

/// <summary><c>--region x1,y1,x2,y2</c> and <c>--space pixels|normalized</c>.</summary>
internal static class RegionOption
{
    /// <summary>Boxes, at least one.</summary>
    public static Option<Box[]> Regions() => new("--region")
    {
        HelpName = "x1,y1,x2,y2",
        Description = "Box of the upright image, half-open; repeat for several.",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => [.. result.Tokens.Select(token => Parse(token.Value, result))],
    };

    /// <summary>What the numbers of boxes count.</summary>
    public static Option<CoordinateSpace> Space() => new("--space")
    {
        HelpName = "pixels|normalized",
        Description = "What boxes count: pixels of the upright image (default), or 0..1.",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "pixels":
                    return CoordinateSpace.Pixels;
                case "normalized":
                    return CoordinateSpace.Unit;
                default:
                    result.AddError($"--space: found '{result.Tokens[0].Value}'; allowed: pixels, normalized");
                    return default;
            }
        },
    };

    private static Box Parse(string text, ArgumentResult result)
    {
        var parts = text.Split(',');
        Span<double> values = stackalloc double[4];
        var ok = parts.Length == values.Length;
        for (var i = 0; ok && i < parts.Length; i++)
        {
            ok = double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]);
        }

        var box = new Box(values[0], values[1], values[2], values[3]);
        if (!ok || !box.IsProper)
        {
            result.AddError($"--region: found '{text}'; allowed: x1,y1,x2,y2 with x1 < x2 and y1 < y2");
        }

        return box;
    }
}
