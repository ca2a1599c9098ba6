using System.Globalization;

namespace Inference.Decoding.Pruning;

/// <summary>
/// Where image rows are dropped inside the decoder, how many and which remain: PyramidDrop (Xing et al. 2024, arXiv 2410.17247). A plan has
/// at least one stage; layers ascend, shares do not. Every image of a prompt has a budget of its own.
/// </summary>
public sealed class PruningPlan
{
    private PruningPlan(IReadOnlyList<PruningStage> stages, PositionPolicy positions) => (Stages, Positions) = (stages, positions);

    /// <summary>The stages, in the order of their layers.</summary>
    public IReadOnlyList<PruningStage> Stages { get; }

    /// <summary>Positions of the rows that remain.</summary>
    public PositionPolicy Positions { get; }

    /// <summary>Which rows remain.</summary>
    public Ranking Ranking { get; private init; } = RankingRegistry.Default;

    /// <summary>Key of random rankings.</summary>
    public ulong Seed { get; private init; }

    /// <summary>
    /// What only plans have in common that keep the same rows at the same positions: every property takes part in it. Keys and values are
    /// shared by it.
    /// </summary>
    public string Identity => $"{this} {Positions} {Ranking.Name} {(Ranking.IsSeeded ? Seed : 0)}";

    /// <summary>Builds a plan.</summary>
    /// <param name="stages">The stages.</param>
    /// <param name="positions">Positions of the rows that remain.</param>
    /// <param name="layers">Blocks of the model, L; null where it is not known yet.</param>
    /// <param name="ranking">Which rows remain; null for the default.</param>
    /// <param name="seed">Key of random rankings.</param>
    /// <exception cref="PruningException">The stages do not make a plan.</exception>
    public static PruningPlan Create(
        IReadOnlyList<PruningStage> stages, PositionPolicy positions, int? layers = null, Ranking? ranking = null, ulong seed = 0)
    {
        if (stages.Count == 0)
        {
            throw new PruningException("stages", "none", "at least one");
        }

        for (var i = 0; i < stages.Count; i++)
        {
            Check(stages, i);
        }

        var plan = new PruningPlan([.. stages], positions) { Ranking = ranking ?? RankingRegistry.Default, Seed = seed };
        if (layers is { } count)
        {
            plan.CheckLayers(count);
        }

        return plan;
    }

    /// <summary>Reads <c>layer:keep,layer:keep</c>, such as <c>8:.5,16:.25,24:.125</c>; numbers in invariant culture.</summary>
    /// <exception cref="PruningException">The text is not a plan.</exception>
    public static PruningPlan Parse(string text, PositionPolicy positions)
    {
        var parts = text.Split(',');
        var stages = new PruningStage[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var pair = parts[i].Split(':');
            if (pair.Length != 2
                || !int.TryParse(pair[0], NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
                || !double.TryParse(pair[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var keep))
            {
                throw new PruningException($"stages[{i}]", $"'{parts[i]}'", "layer:keep, such as 8:.5");
            }

            stages[i] = new PruningStage(layer, keep);
        }

        return Create(stages, positions);
    }

    /// <summary>Checks that the plan's layers are blocks of a model.</summary>
    /// <param name="layers">Blocks of the model, L.</param>
    /// <exception cref="PruningException">One is not.</exception>
    public void CheckLayers(int layers)
    {
        if (Stages[^1].Layer >= layers)
        {
            throw new PruningException(
                $"stages[{Stages.Count - 1}].layer", $"{Stages[^1].Layer}", $"1 to {layers - 1}: the model has {layers} blocks");
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(',', Stages.Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage.Layer}:{stage.Keep}")));

    private static void Check(IReadOnlyList<PruningStage> stages, int i)
    {
        var (layer, keep) = (stages[i].Layer, stages[i].Keep);
        var least = i == 0 ? 1 : stages[i - 1].Layer + 1;
        var most = i == 0 ? 1 : stages[i - 1].Keep;
        if (layer < least)
        {
            throw new PruningException(
                $"stages[{i}].layer", $"{layer}", i == 0 ? "1 or more" : $"above {least - 1}, the layer of the stage before");
        }

        if (!(keep > 0 && keep <= most))
        {
            var allowed = string.Create(
                CultureInfo.InvariantCulture, $"above 0, up to {most}{(i == 0 ? "" : ", the share of the stage before")}");
            throw new PruningException($"stages[{i}].keep", keep.ToString(CultureInfo.InvariantCulture), allowed);
        }
    }
}
