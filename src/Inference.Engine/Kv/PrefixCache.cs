namespace Inference.Engine.Kv;

/// <summary>
/// Keeps the pages of sequences that have ended, prompts and answers alike, for those to come: least recently used out first, bounded in
/// pages. Pages that several kept sequences share are kept once.
/// </summary>
/// <param name="pool">The pages.</param>
/// <param name="capacity">Pages kept at most; 0 keeps none.</param>
internal sealed class PrefixCache(PagePool pool, long capacity)
{
    // Look-ups compare with all of them.
    private const int MostSequences = 1024;

    // From the one used least recently to the last used.
    private readonly LinkedList<KvRows> _kept = new();

    /// <summary>Whether anything is shared at all.</summary>
    public bool IsOn => capacity > 0;

    /// <summary>The kept sequence that shares the most rows with a new one.</summary>
    public (KvRows? Source, int Rows) Find(KvRows rows)
    {
        (LinkedListNode<KvRows>? best, var most) = (null, 0);
        for (var node = _kept.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Shared(rows, node.Value.Filled) is var shared && shared > most)
            {
                (best, most) = (node, shared);
            }
        }

        if (best is not null)
        {
            _kept.Remove(best);
            _kept.AddLast(best);
        }

        return (best?.Value, most);
    }

    /// <summary>Takes over detached rows; whatever is not worth keeping is given back.</summary>
    public void Keep(KvRows rows)
    {
        if (!IsOn || rows.Filled == 0 || IsKept(rows))
        {
            rows.Pages!.Release();
            rows.Dispose();
            return;
        }

        rows.Pages!.Trim(rows.Filled);
        rows.Pages.Keep();
        _kept.AddLast(rows);
        while (pool.Kept > capacity || _kept.Count > MostSequences)
        {
            GiveUpOldest();
        }
    }

    /// <summary>Gives pages up until so many are free; they are available.</summary>
    public void MakeRoom(int pages)
    {
        while (pool.Free < pages)
        {
            GiveUpOldest();
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        while (_kept.Count > 0)
        {
            GiveUpOldest();
        }
    }

    // Rows of which another has as many or more are those of that other; the more recent of the two is used.
    private bool IsKept(KvRows rows)
    {
        for (var node = _kept.Last; node is not null;)
        {
            var (kept, previous) = (node.Value, node.Previous);
            if (rows.IsContainedIn(kept))
            {
                _kept.Remove(node);
                _kept.AddLast(node);
                return true;
            }

            if (kept.IsContainedIn(rows))
            {
                GiveUp(node);
            }

            node = previous;
        }

        return false;
    }

    private void GiveUpOldest() => GiveUp(_kept.First!);

    private void GiveUp(LinkedListNode<KvRows> node)
    {
        _kept.Remove(node);
        node.Value.Pages!.GiveUp();
        node.Value.Dispose();
    }
}
