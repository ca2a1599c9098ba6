using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Grounding.Evaluation.Scenes;
using Inference.Models.Vision;

namespace Inference.Cli.Scenes;

/// <summary>The rows of the table that are known by name, in groups.</summary>
internal static class Methods
{
    // Shares of the image rows in per cent, as the mean over layers inside the decoder, whose first block sees all: with eight blocks they
    // are an eighth.
    private static readonly (int Inside, int Before)[] Budgets = [(75, 75), (50, 50), (25, 25), (13, 12)];

    // One mention each, and another go at it at a temperature that gives other mentions.
    private const string Resample = "--guard-action resample --guard-unit clause --guard-temperature 1";

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
        .. Budgets.SelectMany(PrunedTo),
        new("reranking", "best of 4 by IoU", "--candidates 4", SceneTask.Regions),
        new("reranking", "best of 4 by IoU share × confidence", "--candidates 4 --rank iou-share-confidence", SceneTask.Regions),
        new("reranking", "best of 4 by IoU share × likelihood", "--candidates 4 --rank iou-share-likelihood", SceneTask.Regions),
        new("reranking", "best of layers 2, 4, 6, 7 by IoU", "--candidates layers=2,4,6,7", SceneTask.Regions),
        new("verify", "verify", "--verify", SceneTask.Captions),
        new("guard", "guard by claims, resample", $"--guard claims {Resample}", SceneTask.Captions),
        new("guard", "guard by claims, resample, best", $"--guard claims {Resample} --guard-best", SceneTask.Captions),
        new("guard", "guard by claims, abstain", "--guard claims --guard-action abstain --guard-unit clause", SceneTask.Captions),
        new("guard", "guard by probe, resample", $"--guard objects {Resample}", SceneTask.Captions) { IsOfBundledModel = true },
        new("guard", "guard by probe, abstain", "--guard objects --guard-action abstain --guard-unit clause", SceneTask.Captions)
        {
            IsOfBundledModel = true,
        },
        new("guard", "guard by claims, T = 1", $"--guard claims {Resample} --temperature 1", SceneTask.Captions),
        new("best-of", "best of 4 by claims, T = 0.7", "--best-of 4 --temperature 0.7", SceneTask.Captions),
        new("best-of", "best of 4 by claims, T = 1", "--best-of 4 --temperature 1", SceneTask.Captions),
        new("best-of", "best of 8 by claims, T = 1", "--best-of 8 --temperature 1", SceneTask.Captions),
        new("combined", "deco, image at 50 %", "--strategy deco --prune average:.5,stages=3"),
        new("combined", "layer-mix, image at 50 %", "--strategy layer-mix --prune average:.5,stages=3"),
        new(
            "combined", "vcd, guard by claims, abstain", "--strategy vcd --guard claims --guard-action abstain --guard-unit clause",
            SceneTask.Captions),
        new("combined", "divprune to 50 %, then pyramid to 25 %", "--reduce divprune:.5 --prune average:.5,stages=3"),
        new("combined", "best of 4 by IoU, image at 50 %", "--candidates 4 --prune average:.5,stages=3", SceneTask.Regions),
        new("combined", "guard by claims, image at 50 %", $"--guard claims {Resample} --prune average:.5,stages=3", SceneTask.Captions),
    ];

    /// <summary>Names of the groups, in the order of the table.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(line => line.Group).Distinct()];

    private static IEnumerable<MethodLine> PrunedTo((int Inside, int Before) percent) =>
    [
        .. RankingRegistry.All.Select(ranking => new MethodLine(
            "pruning", $"pyramid to {percent.Inside} %, {ranking.Name}",
            $"--prune average:.{percent.Inside},stages=3 --ranking {ranking.Name}")),
        new(
            "pruning", $"pyramid to {percent.Inside} %, attention, positions kept",
            $"--prune average:.{percent.Inside},stages=3 --positions keep"),
        .. ReductionRegistry.All.Select(reduction => new MethodLine(
            "pruning", $"{reduction.Name} to {percent.Before} %", $"--reduce {reduction.Name}:.{percent.Before}")),
    ];
}
