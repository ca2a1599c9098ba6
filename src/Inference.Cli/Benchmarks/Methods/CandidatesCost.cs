namespace Inference.Cli.Benchmarks.Methods;

/// <summary>What several candidates with a listener take beside one description of the same sizes, round by round.</summary>
/// <param name="Candidates">Number of candidates.</param>
/// <param name="One">Seconds for one description.</param>
/// <param name="All">Seconds for all candidates and the listener's answers, in the same rounds.</param>
internal sealed record CandidatesCost(int Candidates, IReadOnlyList<double> One, IReadOnlyList<double> All)
{
    /// <summary>All over one.</summary>
    public IReadOnlyList<double> Ratios { get; } = [.. All.Zip(One, (all, one) => all / one)];
}
