using Inference.Engine;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>One run of one request.</summary>
/// <param name="Prefill">Seconds to the first token.</param>
/// <param name="Token">Median seconds from the choice of a token to that of the next: bursts of other programs do not move it.</param>
/// <param name="Pruning">What was dropped, if anything.</param>
internal readonly record struct MethodSample(double Prefill, double Token, PruningUsage? Pruning)
{
    /// <summary>Reads a request to its end.</summary>
    /// <exception cref="CommandException">It ended early.</exception>
    public static async Task<MethodSample> OfAsync(Generation generation)
    {
        List<TimeSpan> times = [];
        await foreach (var token in generation.ReadAllAsync())
        {
            times.Add(token.Time);
        }

        var result = await BenchRequests.ResultAsync(generation);
        return new MethodSample(result.Timings.Prefill.TotalSeconds, Medians.Of([.. times.Zip(times.Skip(1), (before, after) => (after - before).TotalSeconds)]), result.Usage.Pruning);
    }
}
