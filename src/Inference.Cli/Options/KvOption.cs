using System.CommandLine;
using Inference.Compute;

namespace Inference.Cli.Options;

/// <summary><c>--kv</c>: how keys and values are held in memory.</summary>
internal static class KvOption
{
    /// <summary>The option; read it with <see cref="Read"/>.</summary>
    public static Option<string?> Create()
    {
        var option = new Option<string?>("--kv")
        {
            HelpName = "f32|bf16",
            Description = "Hold keys and values like this; f32 without it. bf16 takes half the memory and rounds each of them once.",
        };
        return option.AcceptOnlyFromAmong("f32", "bf16");
    }

    /// <summary>What was asked for.</summary>
    public static NumberFormat Read(ParseResult parsed, Option<string?> option) =>
        Enum.Parse<NumberFormat>(parsed.GetValue(option) ?? "f32", ignoreCase: true);
}
