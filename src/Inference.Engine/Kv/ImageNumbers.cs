namespace Inference.Engine.Kv;

/// <summary>
/// Short names of images while anybody's rows are theirs: the same number for the same content, never one that another content has had.
/// Thread-safe.
/// </summary>
internal sealed class ImageNumbers
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EngineImageDigest, Entry> _entries = [];
    private int _last;

    /// <summary>Images that have a number.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The number of an image, positive.</summary>
    public int Take(EngineImageDigest digest)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(digest, out var entry))
            {
                _entries.Add(digest, entry = new Entry(checked(++_last)));
            }

            entry.Users++;
            return entry.Number;
        }
    }

    /// <summary>One of its users needs the number no longer.</summary>
    public void GiveBack(EngineImageDigest digest)
    {
        lock (_lock)
        {
            if (--_entries[digest].Users == 0)
            {
                _entries.Remove(digest);
            }
        }
    }

    private sealed class Entry(int number)
    {
        public int Number { get; } = number;

        public int Users { get; set; }
    }
}
