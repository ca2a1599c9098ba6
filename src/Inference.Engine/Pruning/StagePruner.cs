using Inference.Compute;
using Inference.Engine.Scheduling;
using Inference.Models.Decoders;

namespace Inference.Engine.Pruning;

/// <summary>Ranks and drops when the last row of a pruned prompt has reached the end of its stage. Depends on that prompt alone.</summary>
internal sealed class StagePruner(IBackend backend, Decoder decoder, StepLimits limits) : IDisposable
{
    private readonly AttentionRanking _ranking = new(backend, decoder, limits);
    private readonly float[] _scores = new float[limits.ContextLength];

    /// <summary>Elements of workspace needed.</summary>
    public long WorkspaceLength => AttentionRanking.WorkspaceLength(decoder.Shape, limits);

    /// <summary>Takes a sequence whose rows all wait before its next group into that group. What a stage keeps is decided once.</summary>
    public void Run(Sequence sequence, Workspace workspace)
    {
        var pruned = sequence.Pruned!;
        var rows = pruned.BoundaryRows;
        var stage = sequence.Group;
        var scores = _scores.AsSpan(0, rows.Length);
        var known = sequence.Rows.Stages;
        if (stage < known.Count)
        {
            pruned.Mark(known[stage], scores);
        }
        else
        {
            _ranking.Score(pruned.Plan.Stages[stage].Layer, pruned.Boundary, rows, pruned.Positions, workspace, scores);
        }

        var outcome = pruned.Drop(stage, scores);
        if (stage == known.Count)
        {
            known.Add(outcome);
        }

        sequence.EnterGroup(stage + 1);
        sequence.Request.Trace?.OnStage(stage, outcome.Kept, outcome.KeptOriginal);
    }

    /// <inheritdoc/>
    public void Dispose() => _ranking.Dispose();
}
