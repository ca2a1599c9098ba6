using System.CommandLine;
using System.CommandLine.Parsing;
using Inference.Cli.Options;

namespace Inference.Cli.Scenes;

/// <summary>
/// Reads the flags of a method: those of <c>generate</c>, <c>describe</c> and <c>locate</c>, so that whatever they learn can be compared.
/// </summary>
internal sealed class MethodFlags
{
    private readonly Command _command = new("method");
    private readonly SamplingOptions _sampling;
    private readonly PruningOptions _pruning;
    private readonly CandidateOptions _candidates;
    private readonly MethodOptions _methods;

    public MethodFlags()
    {
        _sampling = SamplingOptions.AddTo(_command);
        _pruning = PruningOptions.AddTo(_command);
        _candidates = CandidateOptions.AddTo(_command);
        _methods = MethodOptions.AddTo(_command);
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

        if (_candidates.Folder(parsed) is not null)
        {
            throw new UsageException($"--method \"{line.Name}\": found --listener; allowed: the model that describes");
        }

        try
        {
            return new Method(line, _sampling.Read(parsed))
            {
                Pruning = _pruning.Read(parsed),
                Candidates = _candidates.Read(parsed, isRemote: false),
                Verification = _methods.ReadVerification(parsed),
                Guard = _methods.ReadGuard(parsed),
                BestOf = _methods.ReadBestOf(parsed),
            };
        }
        catch (UsageException failure)
        {
            throw new UsageException($"--method \"{line.Name}\": {failure.Message}");
        }
    }
}
