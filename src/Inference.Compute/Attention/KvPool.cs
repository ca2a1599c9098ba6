namespace Inference.Compute;

/// <summary>The pages of one model's KV cache. Pages are zeroed at creation and hold finite numbers ever after.</summary>
public abstract class KvPool(KvGeometry geometry, int pages) : IDisposable
{
    /// <summary>Shape of a page.</summary>
    public KvGeometry Geometry { get; } = geometry;

    /// <summary>Number of pages.</summary>
    public int Pages { get; } = pages;

    /// <summary>Bytes of one page, keys and values.</summary>
    public abstract long PageBytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the memory.</summary>
    protected abstract void Dispose(bool disposing);
}
