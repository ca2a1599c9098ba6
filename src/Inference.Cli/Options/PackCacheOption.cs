using System.CommandLine;
using Inference.Models.Loading;

namespace Inference.Cli.Options;

/// <summary>
/// <c>--pack-cache</c> and <c>--shared-packs</c>: where packed weights are kept from one process to the next, and whether processes share
/// their memory.
/// </summary>
internal sealed class PackCacheOption
{
    private const string None = "off";
    private const string Automatic = "auto";

    /// <summary>The folder.</summary>
    public Option<string?> Place { get; } = new("--pack-cache")
    {
        HelpName = "off|auto|DIR",
        Description =
            "Keep packed weights in this folder, or with auto those of large models beside the model or in the user's cache folder: "
            + "the next start maps them instead of packing. Off without it.",
    };

    /// <summary>Whether processes share memory.</summary>
    public Option<bool> Shared { get; } = new("--shared-packs")
    {
        Description = "Let processes share the memory of kept weights, in small pages that decode reads more slowly, "
            + "instead of moving them to huge pages of this process in the background.",
    };

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">Memory is to be shared of what is not kept.</exception>
    public PackCache Read(ParseResult parsed)
    {
        var packs = parsed.GetValue(Place) switch
        {
            null or None => PackCache.Off,
            Automatic => PackCache.Auto,
            var folder => PackCache.In(folder),
        };
        if (!parsed.GetValue(Shared))
            return packs;
        return packs != PackCache.Off ? packs.Sharing()
            : throw new UsageException(
                "--shared-packs: found no kept weights; allowed: together with --pack-cache auto or --pack-cache DIR");
    }
}
