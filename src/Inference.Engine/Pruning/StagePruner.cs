using System.Diagnostics;
using Inference.Compute;
using Inference.Decoding.Pruning;
using Inference.Engine.Scheduling;
using Inference.Models.Decoders;

namespace Inference.Engine.Pruning;

/// <summary>Ranks and drops when the last row of a pruned prompt has reached the end of its stage. Depends on that prompt alone.</summary>
internal sealed class StagePruner(IBackend backend, Decoder decoder, StepLimits limits) : IDisposable
{
    private readonly AttentionRanking _attention = new(backend, decoder, limits);
    private readonly ChangeRanking _change = new(backend, limits);
    private readonly float[] _scores = new float[limits.ContextLength];

    /// <summary>Elements of workspace needed.</summary>
    public long WorkspaceLength =>
        Math.Max(AttentionRanking.WorkspaceLength(decoder.Shape, limits), ChangeRanking.WorkspaceLength(decoder.Shape, limits));

    /// <summary>
    /// Takes a sequence whose rows all wait before its next group into that group. What a stage keeps is decided once; one that keeps all
    /// rows ranks none.
    /// </summary>
    public void Run(Sequence sequence, Workspace workspace)
    {
        var pruned = sequence.Pruned!;
        var stage = sequence.Group;
        var start = Stopwatch.GetTimestamp();
        var known = sequence.Rows.Stages;
        var ranks = stage == known.Count && pruned.DropsAt(stage);
        var outcome = pruned.Drop(stage, ranks ? Score(pruned, stage, workspace) : stage < known.Count ? Marked(pruned, known[stage]) : []);
        if (stage == known.Count)
        {
            known.Add(outcome);
        }

        sequence.PassStage(ranks ? Stopwatch.GetElapsedTime(start) : TimeSpan.Zero);
        sequence.Request.Trace?.OnStage(stage, outcome.Kept, outcome.KeptOriginal);
    }

    private ReadOnlySpan<float> Marked(PrunedPrompt pruned, StageOutcome outcome)
    {
        if (pruned.Plan.Ranking.Input == RankingInput.None)
        {
            return [];
        }

        var scores = _scores.AsSpan(0, pruned.BoundaryRows.Length);
        pruned.Mark(outcome, scores);
        return scores;
    }

    private ReadOnlySpan<float> Score(PrunedPrompt pruned, int stage, Workspace workspace)
    {
        var rows = pruned.BoundaryRows;
        var scores = _scores.AsSpan(0, rows.Length);
        switch (pruned.Plan.Ranking.Input)
        {
            case RankingInput.Attention:
                _attention.Score(pruned.Plan.Stages[stage].Layer, pruned.Boundary, rows, pruned.Positions, workspace, scores);
                return scores;
            case RankingInput.HiddenChange:
                _change.Score(pruned.BoundaryBefore!.Value, pruned.Boundary, rows, workspace, scores);
                return scores;
            default:
                return [];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _attention.Dispose();
        _change.Dispose();
    }
}
