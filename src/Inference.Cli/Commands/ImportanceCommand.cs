using System.CommandLine;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox importance</c>: which layers matter.</summary>
internal static class ImportanceCommand
{
    public static Command Create(Terminal terminal) => new(
        "importance", "Find out which layers are worth contrasting, and which need more bits.")
    {
        ImportanceEstimateCommand.Create(terminal),
        ImportanceLayersCommand.Create(terminal),
    };
}
