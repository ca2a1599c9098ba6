namespace Inference.Engine.Scheduling;

/// <summary>Which of the running sequences, in the order of their rank, makes room. One that is traced never does.</summary>
internal static class Yielding
{
    /// <summary>
    /// Makes room so that <paramref name="sequence"/> may begin: one whose reader is behind for all, work that can wait for a request that
    /// somebody waits for. Where one of two sequences runs, all behind it make room for the other: it waits with its memory taken, and
    /// others may do the same.
    /// </summary>
    /// <param name="sequence">The sequence that has no place.</param>
    /// <param name="other">Where the other of two sequences that write one answer runs, or -1.</param>
    /// <param name="running">Those that run.</param>
    /// <returns>Null where none has to.</returns>
    public static Sequence? To(Sequence sequence, int other, List<Sequence> running)
    {
        for (var i = running.Count - 1; i >= 0; i--)
        {
            var victim = running[i];
            var yields = (other >= 0 && i > other) || (victim.Rank > sequence.Rank && victim.Request.Priority > sequence.Request.Priority);
            if (!victim.IsTraced && (victim.IsPaused || yields))
            {
                return victim;
            }
        }

        return null;
    }

    /// <summary>Makes room so that others may grow: one that waits for its reader, else the last in rank.</summary>
    public static Sequence WhenFull(List<Sequence> running)
    {
        Sequence? last = null;
        for (var i = running.Count - 1; i >= 0; i--)
        {
            if (running[i].IsTraced)
            {
                continue;
            }

            if (running[i].IsPaused)
            {
                return running[i];
            }

            last ??= running[i];
        }

        return last!;
    }
}
