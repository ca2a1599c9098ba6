using System.CommandLine;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox eval</c>: measures answers against ground truth.</summary>
internal static class EvalCommand
{
    public static Command Create(Terminal terminal) => new("eval", "Measure captions and answers against ground truth.")
    {
        EvalChairCommand.Create(terminal),
        EvalPopeCommand.Create(terminal),
        EvalScenesCommand.Create(terminal),
    };
}
