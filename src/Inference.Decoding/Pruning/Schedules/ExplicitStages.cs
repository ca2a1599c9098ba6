namespace Inference.Decoding.Pruning;

/// <summary>Stages named one by one.</summary>
/// <param name="Stages">Layers ascend, shares do not.</param>
public sealed record ExplicitStages(IReadOnlyList<PruningStage> Stages) : PruningSchedule
{
    /// <inheritdoc/>
    public override IReadOnlyList<PruningStage> Resolve(int layers)
    {
        PruningPlan.Create(Stages, default, layers);
        return Stages;
    }

    /// <inheritdoc/>
    public override void Check() => PruningPlan.Create(Stages, default);
}
