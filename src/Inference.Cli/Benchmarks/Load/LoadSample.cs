using Inference.Cli.Assistants;

namespace Inference.Cli.Benchmarks.Load;

/// <summary>What became of a request. Times are from the start of the run; waiting counts from when it was to be sent.</summary>
/// <param name="Arrival">When it was to be sent.</param>
/// <param name="Pieces">When each piece of the answer came, one a token.</param>
/// <param name="End">When the answer was complete, or the call failed.</param>
/// <param name="Answer">Null where it failed.</param>
/// <param name="Failure">Status of a failed call, or null.</param>
internal sealed record LoadSample(TimeSpan Arrival, IReadOnlyList<TimeSpan> Pieces, TimeSpan End, Answer? Answer, string? Failure)
{
    /// <summary>Milliseconds to the first token; null without one.</summary>
    public double? FirstToken => Pieces.Count == 0 ? null : (Pieces[0] - Arrival).TotalMilliseconds;

    /// <summary>Milliseconds between tokens.</summary>
    public IEnumerable<double> Gaps => Pieces.Zip(Pieces.Skip(1), (one, next) => (next - one).TotalMilliseconds);

    /// <summary>Milliseconds to the whole answer.</summary>
    public double Total => (End - Arrival).TotalMilliseconds;
}
