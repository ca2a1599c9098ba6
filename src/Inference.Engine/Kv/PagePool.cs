namespace Inference.Engine.Kv;

/// <summary>
/// Who holds the pages of a KV pool. A page may be in use by several running sequences and kept for several prefixes at once; it is free
/// when nobody holds it. Pages that are only kept can be had for the asking, so they do not count as used.
/// </summary>
internal sealed class PagePool
{
    private readonly int[] _users;
    private readonly int[] _keepers;
    private readonly int[] _free;
    private int _used;

    public PagePool(int pages)
    {
        (_users, _keepers, _free) = (new int[pages], new int[pages], new int[pages]);
        for (var i = 0; i < pages; i++)
        {
            _free[i] = pages - 1 - i;
        }

        Free = pages;
    }

    /// <summary>Pages of the pool.</summary>
    public int Capacity => _free.Length;

    /// <summary>Pages that nobody holds.</summary>
    public int Free { get; private set; }

    /// <summary>Pages in use by running sequences. Any thread may read it.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>Pages kept for reuse, in use or not.</summary>
    public int Kept { get; private set; }

    /// <summary>Pages that a sequence can have once all that is only kept has been given up.</summary>
    public int Available => Capacity - _used;

    /// <summary>Takes a free page into use; there is one.</summary>
    public int Take()
    {
        var page = _free[--Free];
        _users[page] = 1;
        Volatile.Write(ref _used, _used + 1);
        return page;
    }

    /// <summary>Uses a page that is used or kept already.</summary>
    public void Use(int page)
    {
        if (_users[page]++ == 0)
        {
            Volatile.Write(ref _used, _used + 1);
        }
    }

    /// <summary>Ends a use.</summary>
    public void Release(int page)
    {
        if (--_users[page] == 0)
        {
            Volatile.Write(ref _used, _used - 1);
            FreeUnheld(page);
        }
    }

    /// <summary>Keeps a page that is in use.</summary>
    public void Keep(int page)
    {
        if (_keepers[page]++ == 0)
        {
            Kept++;
        }
    }

    /// <summary>Keeps a page no longer.</summary>
    public void GiveUp(int page)
    {
        if (--_keepers[page] == 0)
        {
            Kept--;
            FreeUnheld(page);
        }
    }

    private void FreeUnheld(int page)
    {
        if (_users[page] == 0 && _keepers[page] == 0)
        {
            _free[Free++] = page;
        }
    }
}
