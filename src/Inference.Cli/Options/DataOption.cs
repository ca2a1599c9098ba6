using System.CommandLine;

namespace Inference.Cli.Options;

/// <summary><c>--data DIR</c>, as often as wanted.</summary>
internal static class DataOption
{
    public static Option<string[]> Create() => new("--data")
    {
        HelpName = "DIR",
        Required = true,
        Description = "Folder that probe collect wrote; repeat for several of one model.",
    };
}
