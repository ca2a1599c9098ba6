using System.Diagnostics;
using Inference.Engine;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>One run of one request.</summary>
/// <param name="Prefill">Seconds to the first token.</param>
/// <param name="Token">Median seconds for a token over stretches of the answer: bursts of other programs do not move it.</param>
/// <param name="Pruning">What was dropped, if anything.</param>
internal readonly record struct MethodSample(double Prefill, double Token, PruningUsage? Pruning)
{
    // A reader wakes up for several tokens of a small model at once.
    private const int Stretch = 8;

    /// <summary>Reads a request to its end.</summary>
    /// <exception cref="CommandException">It ended early.</exception>
    public static async Task<MethodSample> OfAsync(Generation generation)
    {
        List<long> times = [];
        await foreach (var token in generation.ReadAllAsync())
        {
            _ = token;
            times.Add(Stopwatch.GetTimestamp());
        }

        var result = await BenchRequests.ResultAsync(generation);
        return new MethodSample(result.Timings.Prefill.TotalSeconds, SecondsPerToken(times), result.Usage.Pruning);
    }

    private static double SecondsPerToken(List<long> times)
    {
        var stretch = Math.Min(Stretch, times.Count - 1);
        return Medians.Of([.. Enumerable.Range(0, (times.Count - 1) / stretch)
            .Select(i => Stopwatch.GetElapsedTime(times[i * stretch], times[(i + 1) * stretch]).TotalSeconds / stretch)]);
    }
}
