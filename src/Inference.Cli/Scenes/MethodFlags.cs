using System.CommandLine;
using System.CommandLine.Parsing;
using Inference.Cli.Assistants;
using Inference.Cli.Options;
using Inference.Decoding.Sampling;
using Inference.Grounding.Evaluation.Scenes;
using Inference.Models.Regions;

namespace Inference.Cli.Scenes;

/// <summary>Reads the flags of a method: those of <c>generate</c>, <c>describe</c> and <c>locate</c>, so that whatever they learn can be compared.</summary>
internal sealed class MethodFlags
{
    private readonly Command _command = new("method");
    private readonly SamplingOptions _sampling;
    private readonly PruningOptions _pruning;

    public MethodFlags()
    {
        _sampling = SamplingOptions.AddTo(_command);
        _pruning = PruningOptions.AddTo(_command);
    }

    /// <summary>A method by its line.</summary>
    /// <exception cref="UsageException">A flag is not known or has a wrong value.</exception>
    public Method Read(MethodLine line)
    {
        var parsed = _command.Parse(CommandLineParser.SplitCommandLine(line.Flags).ToArray());
        if (parsed.Errors.Count > 0)
        {
            throw new UsageException($"--method \"{line.Name}\": {parsed.Errors[0].Message}");
        }

        return new Method(line, _sampling.Read(parsed)) { Pruning = _pruning.Read(parsed) };
    }
}
