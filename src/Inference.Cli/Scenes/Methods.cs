using Inference.Decoding.Layers;
using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>The rows of the table that are known by name, in groups.</summary>
internal static class Methods
{
    /// <summary>What every other method is compared with.</summary>
    public static MethodLine Baseline { get; } = new("greedy", "greedy", "");

    /// <summary>All rows, the baseline first.</summary>
    public static IReadOnlyList<MethodLine> All { get; } =
    [
        Baseline,
        new("sampling", "T = 0.7", "--temperature 0.7"),
        new("sampling", "T = 1", "--temperature 1"),
        .. StrategyRegistry.All.Select(strategy => new MethodLine("strategies", strategy.Name, $"--strategy {strategy.Name}")),
        new("strategies", "apc, T = 1", "--strategy apc --temperature 1"),
        new("reranking", "best of 4 by IoU", "--candidates 4", SceneTask.Regions),
        new("reranking", "best of 4 by IoU share × confidence", "--candidates 4 --rank iou-share-confidence", SceneTask.Regions),
        new("reranking", "best of 4 by IoU share × likelihood", "--candidates 4 --rank iou-share-likelihood", SceneTask.Regions),
        new("reranking", "best of layers 2, 4, 6, 7 by IoU", "--candidates layers=2,4,6,7", SceneTask.Regions),
    ];

    /// <summary>Names of the groups, in the order of the table.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(line => line.Group).Distinct()];
}
