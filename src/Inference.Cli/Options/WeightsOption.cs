using System.CommandLine;
using Inference.Compute;

namespace Inference.Cli.Options;

/// <summary><c>--weights</c>: how the decoder's matrices are held in memory.</summary>
internal static class WeightsOption
{
    /// <summary>The option; read it with <see cref="Read"/>.</summary>
    public static Option<string?> Create()
    {
        string[] names = [.. Enum.GetValues<NumberFormat>().Select(format => format.Name())];
        var option = new Option<string?>("--weights")
        {
            HelpName = string.Join('|', names),
            Description = "Hold the decoder's matrices like this, rounded while they load; as they are stored without it.",
        };
        return option.AcceptOnlyFromAmong(names);
    }

    /// <summary>What was asked for; null: as stored.</summary>
    public static NumberFormat? Read(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } name ? Enum.GetValues<NumberFormat>().First(format => format.Name() == name) : null;
}
