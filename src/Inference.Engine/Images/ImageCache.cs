namespace Inference.Engine;

/// <summary>
/// Keeps encoded images for requests to come: least recently used out first, bounded by the bytes of their rows. An image that many
/// requests bring at once is preprocessed and encoded once. Thread-safe.
/// </summary>
/// <param name="capacity">Bytes of encoded rows to keep; 0 keeps none beyond the requests that use them.</param>
public sealed class ImageCache(long capacity) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _recent = new();
    private long _bytes;
    private long _hits;
    private long _misses;

    /// <summary>Look-ups that found their image.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Look-ups that had to prepare it.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Whether an image is there, without using it.</summary>
    public bool Contains(string key)
    {
        lock (_lock)
        {
            return _entries.ContainsKey(key);
        }
    }

    /// <summary>
    /// A reference to the image of a key, prepared by <paramref name="prepare"/> when it is not there. The caller releases it.
    /// </summary>
    /// <param name="key">Identity of pixels, preset and model.</param>
    /// <param name="prepare">Makes the image; its failure goes to every caller that waits for it and is not kept.</param>
    /// <param name="width">Columns of the encoded rows.</param>
    public EngineImage Acquire(string key, int width, Func<EngineImage> prepare)
    {
        Entry entry;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                _hits++;
            }
            else
            {
                node = _recent.AddFirst(new Entry(key, new Lazy<EngineImage>(prepare)));
                _entries.Add(key, node);
                _misses++;
            }

            entry = node.Value;
            entry.Users++;
        }

        try
        {
            var image = entry.Image.Value.AddReference();
            Account(entry, (long)image.Rows * width * sizeof(float));
            return image;
        }
        catch
        {
            Remove(key, entry);
            throw;
        }
    }

    private void Account(Entry entry, long bytes)
    {
        lock (_lock)
        {
            entry.Users--;
            if (entry.Bytes == 0)
            {
                entry.Bytes = bytes;
                _bytes += bytes;
            }

            var node = _recent.Last;
            while (node is not null && _bytes > capacity)
            {
                var previous = node.Previous;
                if (node.Value is { Users: 0, Bytes: > 0 })
                {
                    Evict(node);
                }

                node = previous;
            }
        }
    }

    private void Remove(string key, Entry failed)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node) && ReferenceEquals(node.Value, failed))
            {
                _entries.Remove(key);
                _recent.Remove(node);
            }
        }
    }

    private void Evict(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _recent.Remove(node);
        _bytes -= node.Value.Bytes;
        node.Value.Image.Value.Release();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_recent.First is { } node)
            {
                if (node.Value.Bytes > 0)
                {
                    Evict(node);
                }
                else
                {
                    _recent.Remove(node);
                }
            }
        }
    }

    private sealed class Entry(string key, Lazy<EngineImage> image)
    {
        public string Key { get; } = key;

        public Lazy<EngineImage> Image { get; } = image;

        /// <summary>0 until the image is prepared.</summary>
        public long Bytes { get; set; }

        /// <summary>Callers that wait for the image.</summary>
        public int Users { get; set; }
    }
}
