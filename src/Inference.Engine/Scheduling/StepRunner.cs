using Inference.Compute;
using Inference.Engine.Kv;
using Inference.Engine.Probes;
using Inference.Engine.Pruning;
using Inference.Engine.Speculation;
using Inference.Models.Decoders;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Runs one step as a transaction: plan, run, commit. Until it is committed no sequence has moved, so that a step that fails is run again
/// in parts and the sequence that is to blame fails alone.
/// </summary>
internal sealed class StepRunner : IDisposable
{
    private readonly IBackend _backend;
    private readonly Decoder _decoder;
    private readonly KvMemory _memory;
    private readonly StallBudget _budget;
    private readonly StepBatch _batch;
    private readonly StepPlanner _planner;
    private readonly StagePruner _pruner;
    private readonly TraceObserver _observer;
    private readonly TokenSelector _selector;
    private readonly Workspace _workspace;
    private readonly float[] _scores;
    private readonly int _contextLength;
    private long _steps;
    private long _rows;

    public StepRunner(IBackend backend, Decoder decoder, KvMemory memory, ProbeBank probes, StepLimits limits, StallBudget budget)
    {
        (_backend, _decoder, _memory, _budget, _contextLength) = (backend, decoder, memory, budget, limits.ContextLength);
        var shape = decoder.Shape;
        _pruner = new StagePruner(backend, decoder, limits);
        _scores = new float[limits.Scores];
        _batch = new StepBatch(backend, shape.Layers, limits, probes.Vectors);
        _planner = new StepPlanner(limits);
        _observer = new TraceObserver(backend, shape.Layers);
        _selector = new TokenSelector(backend, shape.Vocabulary, shape.Layers + 1);
        _workspace = new Workspace(backend, Math.Max(decoder.WorkspaceLength(limits), _pruner.WorkspaceLength));
    }

    /// <summary>Steps run. Any thread.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>Rows of all those steps. Any thread.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Runs a step of what is ready.</summary>
    /// <param name="batch">The sequences, which have memory for their next rows; told which end.</param>
    /// <returns>Whether anything was ready.</returns>
    public bool Run(RunningBatch batch)
    {
        var start = _budget.Now;
        var entries = _planner.Plan(batch.Sequences, _batch, _budget.Rows);
        if (entries.Count == 0)
        {
            return false;
        }

        if (Forward(entries, batch) is { } logits)
        {
            foreach (var entry in entries)
            {
                Commit(entry, logits, batch);
            }

            PassStages(entries, batch);
            _budget.OnStep(_planner.DecodeRows, _batch.Rows, start);
        }

        Volatile.Write(ref _steps, _steps + 1);
        Volatile.Write(ref _rows, _rows + _batch.Rows);
        return true;
    }

    private Matrix? Forward(List<StepEntry> entries, RunningBatch batch)
    {
        try
        {
            _workspace.Release(0);
            var logits = _decoder.Forward(_batch, _memory.Pool, _workspace, _observer.For(entries));
            _backend.Download(_batch.ScoreBuffer, 0, _scores.AsSpan(0, _batch.ScoreCount));
            return logits;
        }
#pragma warning disable CA1031 // A step that breaks ends the sequence that broke it, and nothing else.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (entries.Count == 1)
            {
                batch.End(entries[0].Sequence, FinishReason.Failed, failure);
                return null;
            }

            foreach (var entry in entries)
            {
                batch.Suspect(entry.Sequence);
            }

            return null;
        }
    }

    // After all logits are read: ranking works in the same memory.
    private void PassStages(List<StepEntry> entries, RunningBatch batch)
    {
        foreach (var entry in entries)
        {
            if (!entry.Sequence.AwaitsStage)
            {
                continue;
            }

            try
            {
                _workspace.Release(0);
                _pruner.Run(entry.Sequence, _workspace);
            }
#pragma warning disable CA1031 // A ranking or a trace that breaks ends its sequence and nothing else.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                batch.End(entry.Sequence, FinishReason.Failed, failure);
            }
        }
    }

    private void Commit(StepEntry entry, Matrix logits, RunningBatch batch)
    {
        var sequence = entry.Sequence;
        if (sequence.HasEnded)
        {
            // With the other of two sequences, in this step.
            return;
        }

        if (entry.Scores >= 0)
        {
            var probing = sequence.Probing!;
            sequence.Generation.Emit(probing.Score(_scores.AsSpan(entry.Scores, probing.Plan.Scores)));
            if (probing.Ending is { } scored)
            {
                batch.End(sequence, scored);
                return;
            }
        }

        if (sequence.Drafting is { Count: > 0 } drafting)
        {
            CommitDrafts(entry, drafting, logits, batch);
            return;
        }

        sequence.Advance(entry.Rows);
        if (!entry.Samples)
        {
            return;
        }

        try
        {
            var final = logits.RowRange(entry.FirstOutput + entry.Outputs - 1, 1);
            var lens = entry.Lens < 0 ? logits.RowRange(0, 0) : logits.RowRange(_batch.FirstLensRow(entry.Lens), sequence.LensRows);
            if (Select(sequence, final, lens) is { } reason && sequence.Answering.Probing?.EndsNow(reason) != false)
            {
                batch.End(sequence, reason);
            }
            else if (sequence.Companion is { IsAwaited: true } awaited)
            {
                batch.Call(awaited.Sequence);
            }
        }
#pragma warning disable CA1031 // A token that cannot be chosen, or a trace that breaks, ends its sequence and nothing else.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            batch.End(sequence, FinishReason.Failed, failure);
        }
    }

    private FinishReason? Select(Sequence sequence, Matrix final, Matrix lens) => sequence switch
    {
        { Owner: { } owner } => _selector.SelectWith(owner, owner.Companion!, final, _contextLength),
        { Companion: { } companion } => _selector.SelectOrAwait(sequence, companion, final, _contextLength),
        _ => _selector.Select(sequence, final, lens, _contextLength),
    };

    // Token by token as without guesses, as far as they were right; rows behind are as if they had not been.
    private void CommitDrafts(StepEntry entry, Drafting drafting, Matrix logits, RunningBatch batch)
    {
        var sequence = entry.Sequence;
        var accepted = 0;
        try
        {
            for (var i = 0; i < entry.Rows; i++)
            {
                sequence.Advance(1);
                var reason = _selector.Select(sequence, logits.RowRange(entry.FirstOutput + i, 1), logits.RowRange(0, 0), _contextLength);
                var isRight = drafting.At(i) == sequence.Rows.Token(sequence.Rows.Count - 1);
                accepted += isRight ? 1 : 0;
                if (reason is not null || !isRight)
                {
                    drafting.Settle(accepted);
                    if (reason is { } end)
                    {
                        batch.End(sequence, end);
                    }

                    return;
                }
            }
        }
#pragma warning disable CA1031 // A token that cannot be chosen ends its sequence and nothing else.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            batch.End(sequence, FinishReason.Failed, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pruner.Dispose();
        _batch.Dispose();
        _workspace.Dispose();
        _selector.Dispose();
    }
}
