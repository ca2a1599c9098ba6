using System.Diagnostics;
using Inference.Engine;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>One run of one request.</summary>
/// <param name="Prefill">Seconds to the first token.</param>
/// <param name="Token">Median seconds from a token to the next: bursts of other programs do not move it.</param>
/// <param name="Pruning">What was dropped, if anything.</param>
internal readonly record struct MethodSample(double Prefill, double Token, PruningUsage? Pruning)
{
    /// <summary>Reads a request to its end.</summary>
    /// <exception cref="CommandException">It ended early.</exception>
    public static async Task<MethodSample> OfAsync(Generation generation)
    {
        List<double> gaps = [];
        long before = 0;
        await foreach (var token in generation.ReadAllAsync())
        {
            var now = Stopwatch.GetTimestamp();
            if (token.Index > 0)
            {
                gaps.Add(Stopwatch.GetElapsedTime(before, now).TotalSeconds);
            }

            before = now;
        }

        var result = await BenchRequests.ResultAsync(generation);
        return new MethodSample(result.Timings.Prefill.TotalSeconds, Medians.Of(gaps), result.Usage.Pruning);
    }
}
