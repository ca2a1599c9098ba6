using System.Diagnostics;
using Inference.Engine;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>A plain request and one of a method, side by side.</summary>
/// <param name="Prefill">The method's time to the first token over the plain one's.</param>
/// <param name="Token">The same of a decoded token: median over pairs of tokens that were computed one right after the other.</param>
/// <param name="Pruning">What was dropped, if anything.</param>
internal readonly record struct MethodSample(double Prefill, double Token, PruningUsage? Pruning)
{
    /// <summary>
    /// Reads two requests in turns. The engine must stop a sequence whose token is unread: then every step has one of the two in it, and
    /// what other programs do to the machine meets both.
    /// </summary>
    /// <param name="plain">Submits the plain request.</param>
    /// <param name="method">Submits that of the method.</param>
    /// <exception cref="CommandException">One ended early.</exception>
    public static async Task<MethodSample> OfAsync(Func<Generation> plain, Func<Generation> method)
    {
        await using var first = await Turns.StartAsync(plain());
        await using var second = await Turns.StartAsync(method());
        List<double> ratios = [];
        while (await first.NextAsync() is { } expected && await second.NextAsync() is { } found)
        {
            ratios.Add(found / expected);
        }

        var (before, after) = (await first.EndAsync(), await second.EndAsync());
        return new MethodSample(after.Timings.Prefill / before.Timings.Prefill, Medians.Of(ratios), after.Usage.Pruning);
    }

    private sealed class Turns(Generation generation) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<TokenEvent> _tokens = generation.ReadAllAsync().GetAsyncEnumerator();

        public static async Task<Turns> StartAsync(Generation generation)
        {
            await generation.WaitToReadAsync();
            return new Turns(generation);
        }

        /// <summary>Takes the token that waits, and the seconds until the next one does; null behind the last.</summary>
        public async Task<double?> NextAsync()
        {
            var start = Stopwatch.GetTimestamp();
            return await _tokens.MoveNextAsync() && await generation.WaitToReadAsync()
                ? Stopwatch.GetElapsedTime(start).TotalSeconds
                : null;
        }

        /// <summary>Reads what is left.</summary>
        public async Task<GenerationResult> EndAsync()
        {
            while (await _tokens.MoveNextAsync())
            {
            }

            return await BenchRequests.ResultAsync(generation);
        }

        public ValueTask DisposeAsync() => _tokens.DisposeAsync();
    }
}
