using Grpc.Core;
using Inference.Cli.Output;
using Inference.Decoding.Layers;
using Inference.Decoding.Probes;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Evaluation;
using Inference.Models.Checkpoints;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Tokenization;
using Inference.Server;

namespace Inference.Cli;

/// <summary>A command cannot do what it was asked; the message is for the person at the terminal.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A command was called wrongly in a way only its action could find.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Failures as one readable line and an exit code.</summary>
internal static class Failures
{
    /// <summary>Set it to anything to see where an unexpected failure came from.</summary>
    public const string DebugVariable = "GLASSBOX_DEBUG";

    /// <summary>Prints the line.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception failure, Terminal terminal)
    {
        if (failure is OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        var message = failure is RpcException rpc ? $"the server answered {rpc.StatusCode}: {rpc.Status.Detail}"
            : IsExpected(failure) ? failure.Message
            : $"unexpected failure ({failure.GetType().Name}): {failure.Message}";
        terminal.Error.WriteLine($"glassbox: {message.ReplaceLineEndings(" ")}");
        if (Environment.GetEnvironmentVariable(DebugVariable) is not null)
        {
            terminal.Error.WriteLine(failure);
        }

        return failure is UsageException or PruningException or StrategyException ? ExitCode.Usage : ExitCode.Failure;
    }

    // Types whose messages are written for people.
    private static bool IsExpected(Exception failure) => failure
        is CommandException or UsageException or CheckpointException or TokenizerException or PromptException
        or ImageException or ImageProcessorException or AdmissionException or SamplingException or EvaluationException
        or PruningException or StrategyException or ProbeException or ServerOptionsException
        or IOException or UnauthorizedAccessException or InvalidDataException;
}
