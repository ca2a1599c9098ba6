using System.Diagnostics;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Ends the sequences that nobody waits for any more: cancelled ones, and those whose reader has been behind for too long.
/// </summary>
internal sealed class EndingRequests(RunningBatch batch, RequestQueue queue, TimeSpan slowReaderTimeout)
{
    /// <summary>Ends those that run and those that wait.</summary>
    public void Run()
    {
        // A companion ends with its sequence: more than one may go.
        for (var i = batch.Sequences.Count - 1; i >= 0; i = Math.Min(i, batch.Sequences.Count) - 1)
        {
            Check(batch.Sequences[i]);
        }

        // Wherever they stand: a place in the queue that nobody waits in would be refused to another.
        for (var i = queue.Count - 1; i >= 0; i = Math.Min(i, queue.Count) - 1)
        {
            Check(queue[i]);
        }
    }

    private void Check(Sequence sequence)
    {
        if (ReasonToEnd(sequence) is { } reason)
        {
            batch.End(sequence, reason);
        }
    }

    private FinishReason? ReasonToEnd(Sequence sequence)
    {
        if (sequence.IsCancelled)
        {
            return FinishReason.Cancelled;
        }

        if (!sequence.Generation.IsFull)
        {
            sequence.PausedSince = null;
            return null;
        }

        sequence.PausedSince ??= Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(sequence.PausedSince.Value) > slowReaderTimeout ? FinishReason.SlowReader : null;
    }
}
