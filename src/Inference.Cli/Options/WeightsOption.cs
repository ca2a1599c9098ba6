using System.CommandLine;
using Inference.Compute;

namespace Inference.Cli.Options;

/// <summary><c>--weights</c>: how the decoder's matrices are held in memory.</summary>
internal static class WeightsOption
{
    /// <summary>The option; read it with <see cref="Read"/>.</summary>
    public static Option<string?> Create()
    {
        var option = new Option<string?>("--weights")
        {
            HelpName = "f32|bf16|f16|int8|int4",
            Description = "Hold the decoder's matrices like this, rounded while they load; as they are stored without it.",
        };
        return option.AcceptOnlyFromAmong("f32", "bf16", "f16", "int8", "int4");
    }

    /// <summary>What was asked for; null: as stored.</summary>
    public static NumberFormat? Read(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } name ? Enum.Parse<NumberFormat>(name, ignoreCase: true) : null;
}
