namespace Inference.Engine.Scheduling;

/// <summary>Sequences without a place in the batch, in the order of their rank: new ones, and those that had to make room.</summary>
internal sealed class RequestQueue
{
    private readonly List<Sequence> _sequences = [];
    private int _taken;

    /// <summary>Places taken, those of requests that are on their way here included. Any thread.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Sequences that wait.</summary>
    public int Count => _sequences.Count;

    /// <summary>A sequence, by its place in the order.</summary>
    public Sequence this[int index] => _sequences[index];

    /// <summary>Whether a sequence waits.</summary>
    public bool Contains(Sequence sequence) => _sequences.Contains(sequence);

    /// <summary>Whether there is such a sequence.</summary>
    public bool Exists(Predicate<Sequence> predicate) => _sequences.Exists(predicate);

    /// <summary>Takes a place. Any thread.</summary>
    /// <returns>False when <paramref name="most"/> are taken.</returns>
    public bool TryTake(int most)
    {
        if (Interlocked.Increment(ref _taken) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Puts a sequence into its place, which it has taken.</summary>
    public void Add(Sequence sequence) => Insert(_sequences, sequence);

    /// <summary>Puts a sequence back that had to make room.</summary>
    public void Return(Sequence sequence)
    {
        Interlocked.Increment(ref _taken);
        Add(sequence);
    }

    /// <summary>Gives the place of a sequence up.</summary>
    public Sequence RemoveAt(int index)
    {
        var sequence = _sequences[index];
        _sequences.RemoveAt(index);
        Interlocked.Decrement(ref _taken);
        return sequence;
    }

    /// <summary>Gives the place of a sequence up, where it has one.</summary>
    public bool Remove(Sequence sequence)
    {
        var index = _sequences.IndexOf(sequence);
        if (index >= 0)
        {
            RemoveAt(index);
        }

        return index >= 0;
    }

    /// <summary>Inserts by rank, behind those of the same rank.</summary>
    public static void Insert(List<Sequence> sequences, Sequence sequence)
    {
        var index = sequences.Count;
        while (index > 0 && sequences[index - 1].Rank > sequence.Rank)
        {
            index--;
        }

        sequences.Insert(index, sequence);
    }
}
