using Inference.Compute;
using Inference.Engine.Kv;
using Inference.Engine.Pruning;
using Inference.Models.Decoders;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Which sequences run: lets waiting ones in while there is room, gives the running ones memory as they grow, and takes the place of those
/// of the highest rank when there is none left. The sequence of the lowest rank always gets what it needs, so that all come to their end.
/// </summary>
internal sealed class RunningBatch(RequestQueue queue, KvMemory memory, BoundaryPool boundary, StepLimits limits, int mostSequences)
{
    private readonly List<Sequence> _running = new(limits.Sequences);
    private int _lensRows;
    private int _count;
    private long _preemptions;

    /// <summary>The sequences in the order of their rank.</summary>
    public List<Sequence> Sequences => _running;

    /// <summary>Their number. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How often a sequence had to make room. Any thread.</summary>
    public long Preemptions => Volatile.Read(ref _preemptions);

    /// <summary>
    /// Lets waiting sequences in, the lowest rank first, until one does not fit; then only those that a running one waits for.
    /// </summary>
    public void Admit()
    {
        var isFull = false;
        for (var i = 0; i < queue.Count;)
        {
            var sequence = queue[i];
            var mustWait = isFull && PlaceOfOther(sequence) < 0;
            if (mustWait || sequence.IsOutOfTurn || sequence.Answering.Generation.IsFull
                || AwaitedPrefix.IsBeingComputed(sequence, _running, memory))
            {
                i++;
                continue;
            }

            // Its reader is not behind, or has caught up since it was last looked at: it makes no room for those that follow.
            sequence.Answering.PausedSince = null;
            if (TryBegin(sequence))
            {
                queue.RemoveAt(i);
            }
            else if (!TryMakeRoom(sequence))
            {
                isFull = true;
                i++;
            }
        }
    }

    /// <summary>
    /// Takes pages for the next rows of every sequence, the lowest rank first; those of a prompt were taken at the beginning.
    /// </summary>
    public void Grow()
    {
        for (var i = 0; i < _running.Count;)
        {
            var sequence = _running[i];
            if (sequence.IsPaused || sequence.IsOutOfTurn || memory.TryGrow(sequence.Rows.Pages!, sequence.Rows.Count))
            {
                GrowDrafts(sequence);
                i++;
                continue;
            }

            var victim = Yielding.WhenFull(_running);
            i -= _running.IndexOf(victim) < i ? 1 : 0;
            Preempt(victim);
        }
    }

    // Guesses take what is left, and make nobody give way.
    private void GrowDrafts(Sequence sequence)
    {
        if (sequence is not { Drafting: { } drafting, IsDecoding: true, IsPaused: false })
        {
            return;
        }

        sequence.Draft();
        if (drafting.Count > 0 && !memory.TryGrow(sequence.Rows.Pages!, sequence.Rows.Count + drafting.Count))
        {
            drafting.Limit(0);
        }
    }

    /// <summary>Ends a sequence that runs or waits, its companion with it.</summary>
    public void End(Sequence sequence, FinishReason reason, Exception? failure = null)
    {
        var ending = sequence.Answering;
        if (!Remove(ending) && !queue.Remove(ending))
        {
            return;
        }

        if (ending.Companion is { Sequence: var companion })
        {
            _ = Remove(companion) || queue.Remove(companion);
            companion.Finish(memory, reason, failure);
        }

        ending.Finish(memory, reason, failure);
    }

    /// <summary>Lets a companion run that is awaited: where it has no place yet, it waits for one.</summary>
    public void Call(Sequence companion)
    {
        if (!_running.Contains(companion) && !queue.Contains(companion))
        {
            queue.Return(companion);
        }
    }

    /// <summary>Ends all that are affected by a failure.</summary>
    public void EndWhere(Predicate<Sequence> affected, FinishReason reason, Exception? failure)
    {
        foreach (var sequence in _running.FindAll(affected))
        {
            End(sequence, reason, failure);
        }
    }

    /// <summary>Was in a step that failed: its rows count as not run.</summary>
    public void Suspect(Sequence sequence)
    {
        sequence.IsSuspect = true;
        if (sequence.Pruned is not null)
        {
            // What waits between stages may have been overwritten.
            sequence.Restart(null);
            sequence.Restart(CreatePruned(sequence));
        }
    }

    private bool Remove(Sequence sequence)
    {
        if (!_running.Remove(sequence))
        {
            return false;
        }

        _lensRows -= sequence.LensRows;
        Volatile.Write(ref _count, _running.Count);
        return true;
    }

    private bool TryBegin(Sequence sequence)
    {
        if (sequence is not { IsTraced: true, Companion.Sequence: var companion })
        {
            return TryTakeIn(sequence);
        }

        // What is traced never makes room: it would wait for its companion for ever where others do the same. Both begin, or none.
        if (!TryTakeIn(sequence))
        {
            return false;
        }

        if (!TryTakeIn(companion))
        {
            Remove(sequence);
            sequence.Preempt(memory);
            return false;
        }

        return true;
    }

    private bool TryTakeIn(Sequence sequence)
    {
        var isPruned = sequence.Layout.Groups.Count > 1;
        // Where one sequence runs at a time, there is a place more for its companion.
        var other = PlaceOfOther(sequence);
        if (_running.Count >= (other < 0 ? mostSequences : limits.Sequences)
            || _lensRows + sequence.LensRows > limits.LensRows
            || (isPruned && boundary.Free < sequence.Prompt.InputIds.Length))
        {
            return false;
        }

        // A traced request reports all of its prompt, and reports it once: it shares nothing and never makes room.
        var isTraced = sequence.IsTraced;
        var rows = isTraced ? sequence.Layout.Groups[0].Slots : sequence.Rows.Count;
        // Room for another page of every layer of those that run, so that they need not make room at once.
        var headroom = _running.Count * sequence.Layout.Layers;
        var isAlone = _running.Count == (other < 0 ? 0 : 1);
        if (!memory.TryBegin(sequence.Rows, _running, rows, headroom, mayShare: !isTraced, isAlone))
        {
            return false;
        }

        sequence.Begin(isPruned && sequence.Rows.Filled == 0 ? CreatePruned(sequence) : null);
        RequestQueue.Insert(_running, sequence);
        _lensRows += sequence.LensRows;
        Volatile.Write(ref _count, _running.Count);
        return true;
    }

    // Where the other of two sequences that write one answer runs, or -1.
    private int PlaceOfOther(Sequence sequence) =>
        (sequence.Owner ?? sequence.Companion?.Sequence) is { } other ? _running.IndexOf(other) : -1;

    private PrunedPrompt CreatePruned(Sequence sequence) =>
        PrunedPrompt.Create(boundary, sequence.Prompt, sequence.Request.Pruning!, sequence.Generated == 0 ? sequence.LensRows : 0);

    private bool TryMakeRoom(Sequence sequence)
    {
        if (Yielding.To(sequence, PlaceOfOther(sequence), _running) is not { } victim)
        {
            return false;
        }

        Preempt(victim);
        return true;
    }

    private void Preempt(Sequence sequence)
    {
        if (sequence.Owner is { Companion: { IsAwaited: false } unasked })
        {
            unasked.Forgo();
        }
        else
        {
            // Never in neither: who waits for the last request to end looks at both.
            queue.Return(sequence);
        }

        Remove(sequence);
        sequence.Preempt(memory);
        Volatile.Write(ref _preemptions, _preemptions + 1);
    }
}
