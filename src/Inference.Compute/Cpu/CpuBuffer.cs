namespace Inference.Compute.Cpu;

/// <summary>Elements in native memory on a 64-byte boundary. Released by disposal only.</summary>
internal sealed unsafe class CpuBuffer<T>(long length) : Buffer<T>(length)
    where T : unmanaged
{
    private readonly NativeBlock _block = new(checked(length * sizeof(T)));

    /// <summary>First element.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_block.Address is null, this);
            return (T*)_block.Address;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _block.Dispose();
}
