using System.CommandLine;
using Inference.Cli.Output;

namespace Inference.Cli.Commands.Probes;

/// <summary><c>glassbox probe</c>: from answers to a detector of hallucinations.</summary>
internal static class ProbeCommand
{
    public static Command Create(Terminal terminal) =>
        new("probe", "Collect labelled answers with hidden states, train a probe on them, and evaluate it.")
    {
        ProbeCollectCommand.Create(terminal),
        ProbeTrainCommand.Create(terminal),
        ProbeEvalCommand.Create(terminal),
    };
}
