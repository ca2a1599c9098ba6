using System.CommandLine;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox export</c>: writes models for other engines.</summary>
internal static class ExportCommand
{
    public static Command Create(Terminal terminal) => new("export", "Write a model in the format of another engine.")
    {
        ExportGgufCommand.Create(terminal),
    };
}
