namespace Inference.Engine.Kv;

/// <summary>
/// Which pages of a KV pool are free. Requests reserve all the pages they can ever need before they run, so that a running sequence never fails for memory;
/// pages are taken one by one from the reservation.
/// </summary>
internal sealed class PagePool
{
    private readonly int[] _free;
    private int _freeCount;

    public PagePool(int pages)
    {
        _free = new int[pages];
        for (var i = 0; i < pages; i++)
        {
            _free[i] = pages - 1 - i;
        }

        _freeCount = pages;
    }

    /// <summary>Pages of the pool.</summary>
    public int Capacity => _free.Length;

    /// <summary>Pages promised to running sequences, taken or not.</summary>
    public int Reserved { get; private set; }

    /// <summary>Promises pages.</summary>
    /// <returns>False when fewer are left.</returns>
    public bool TryReserve(int pages)
    {
        if (pages > Capacity - Reserved)
        {
            return false;
        }

        Reserved += pages;
        return true;
    }

    /// <summary>Takes a page out of a reservation.</summary>
    public int Take() => _free[--_freeCount];

    /// <summary>Gives taken pages back and ends a reservation of <paramref name="reserved"/> pages.</summary>
    public void Release(ReadOnlySpan<int> taken, int reserved)
    {
        taken.CopyTo(_free.AsSpan(_freeCount));
        _freeCount += taken.Length;
        Reserved -= reserved;
    }
}
