namespace Inference.Server;

/// <summary>A server cannot be started with these options; the message lists every problem.</summary>
public sealed class ServerOptionsException : Exception
{
    /// <summary>Lists the problems.</summary>
    public ServerOptionsException(IReadOnlyList<OptionProblem> problems)
        : base(string.Join("; ", problems)) => Problems = problems;

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<OptionProblem> Problems { get; }
}
