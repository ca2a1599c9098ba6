using Inference.Decoding.Layers;
using Inference.Decoding.Probes;
using Inference.Decoding.Pruning;
using Inference.Engine;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>A method whose cost is measured: what it adds to a plain greedy request.</summary>
/// <param name="Name">Name for people and scripts.</param>
/// <param name="Settings">Its settings, as they would be given on the command line.</param>
/// <param name="Apply">Turns the plain request into that of the method.</param>
internal sealed record MethodCase(string Name, string Settings, Func<GenerationRequest, GenerationRequest> Apply)
{
    // As many layers as the papers' own settings tap.
    private const int ContrastLayers = 8;
    private const int DecoLayers = 6;
    private const string ProbesName = "probes", PyramidName = "pyramid";

    /// <summary>What <see cref="All"/> can give.</summary>
    public static IEnumerable<string> Names => [.. StrategyRegistry.All.Select(strategy => strategy.Name), ProbesName, PyramidName];

    /// <summary>Every strategy of the registry, probes, and pruning, for a decoder of <paramref name="layers"/> blocks.</summary>
    public static IReadOnlyList<MethodCase> All(int layers, IReadOnlyList<Probe> probes) =>
    [
        .. StrategyRegistry.All.Select(strategy => Strategy(strategy.Name, layers)),
        new MethodCase(ProbesName, $"layers={string.Join(',', probes.Select(probe => probe.Layer))}", request => request with
        {
            Probes = probes,
        }),
        .. layers >= 4 ? [Pyramid(layers)] : Array.Empty<MethodCase>(),
    ];

    private static MethodCase Strategy(string name, int layers)
    {
        var settings = new Dictionary<string, string>();
        if (name is "dola" or "pie")
        {
            settings["layers"] = string.Join(',', Enumerable.Range(0, Math.Min(ContrastLayers, layers)));
        }
        else if (name == "deco")
        {
            var first = Math.Max((int)(0.625 * layers), 1);
            settings["layers"] = string.Join(',', Enumerable.Range(first, Math.Min(DecoLayers, layers - first)));
        }

        var strategy = StrategyRegistry.Create(new StrategyChoice(name, settings), new StrategyContext(layers, IsGreedy: true));
        return new MethodCase(name, string.Join(' ', settings.Select(pair => $"{pair.Key}={pair.Value}")), request => request with
        {
            Sampling = request.Sampling with { Strategy = strategy },
        });
    }

    // PyramidDrop's own schedule: three stages at the quarters of the depth, each halving what is left.
    private static MethodCase Pyramid(int layers)
    {
        var plan = PruningPlan.Create(
            [new(layers / 4, 0.5), new(layers / 2, 0.25), new(3 * layers / 4, 0.125)], PositionPolicy.Reindex, layers);
        return new MethodCase(PyramidName, plan.ToString(), request => request with { Pruning = plan });
    }
}
