namespace Inference.Compute;

/// <summary>
/// Memory of a backend. Model code passes buffers to operations and never sees their contents; only
/// <see cref="IBackend.Upload{T}"/> and <see cref="IBackend.Download{T}"/> cross to managed memory.
/// </summary>
/// <typeparam name="T">Element type: float for activations, int for indices, small structs for plans.</typeparam>
public abstract class Buffer<T>(long length) : IDisposable
    where T : unmanaged
{
    /// <summary>Number of elements.</summary>
    public long Length { get; } = length;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the memory.</summary>
    protected abstract void Dispose(bool disposing);
}
