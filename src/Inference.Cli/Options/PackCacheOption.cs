using System.CommandLine;
using Inference.Models.Loading;

namespace Inference.Cli.Options;

/// <summary><c>--pack-cache</c>: where packed weights are kept from one process to the next.</summary>
internal static class PackCacheOption
{
    private const string None = "off";
    private const string Automatic = "auto";

    /// <summary>The option; read it with <see cref="Read"/>.</summary>
    public static Option<string?> Create() => new("--pack-cache")
    {
        HelpName = "off|auto|DIR",
        Description =
            "Keep packed weights in this folder, or with auto those of large models beside the model or in the user's cache folder: "
            + "the next start maps them instead of packing. Off without it.",
    };

    /// <summary>What was asked for.</summary>
    public static PackCache Read(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) switch
    {
        null or None => PackCache.Off,
        Automatic => PackCache.Auto,
        var folder => PackCache.In(folder),
    };
}
