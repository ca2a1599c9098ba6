using System.CommandLine;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox calibrate</c>: settings that fit a model, found from samples.</summary>
internal static class CalibrateCommand
{
    public static Command Create(Terminal terminal) =>
        new("calibrate", "Find settings that fit a model.") { CalibratePruningCommand.Create(terminal) };
}
