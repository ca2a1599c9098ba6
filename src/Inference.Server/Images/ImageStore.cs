namespace Inference.Server.Images;

/// <summary>Encoded image files by their SHA-256: least recently used out first, bounded by bytes. Thread-safe.</summary>
/// <param name="capacity">Bytes to keep. A file larger than this is not kept.</param>
internal sealed class ImageStore(long capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Sha256, ReadOnlyMemory<byte> Bytes)>> _files = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Sha256, ReadOnlyMemory<byte> Bytes)> _recent = new();
    private long _bytes;

    /// <summary>Bytes of all files.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>The file of a digest, which becomes the most recently used; null when it is not there.</summary>
    public ReadOnlyMemory<byte>? Find(string sha256)
    {
        lock (_lock)
        {
            if (!_files.TryGetValue(sha256, out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Bytes;
        }
    }

    /// <summary>Keeps a file that has been accepted.</summary>
    public void Add(string sha256, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > capacity)
        {
            return;
        }

        lock (_lock)
        {
            if (_files.ContainsKey(sha256))
            {
                return;
            }

            _files.Add(sha256, _recent.AddFirst((sha256, bytes)));
            _bytes += bytes.Length;
            while (_bytes > capacity && _recent.Last is { } oldest)
            {
                _recent.RemoveLast();
                _files.Remove(oldest.Value.Sha256);
                _bytes -= oldest.Value.Bytes.Length;
            }
        }
    }
}
