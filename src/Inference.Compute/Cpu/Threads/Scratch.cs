namespace Inference.Compute.Cpu;

/// <summary>Native memory that operations use while they run: it grows to the largest demand and stays.</summary>
internal sealed unsafe class Scratch(int workers) : IDisposable
{
    // Workers' parts start an odd number of lines apart: at a multiple of 4 KiB they would compete for the same sets of a cache.
    private const long Page = 4096;
    private const long Skew = 192;
    private NativeBlock _shared = new(0);
    private NativeBlock _private = new(0);
    private long _sharedBytes;
    private long _privateBytes;

    /// <summary>Bytes from one worker's part to the next.</summary>
    public long Stride => _privateBytes + Skew;

    /// <summary>Memory that all workers see, undefined contents.</summary>
    public byte* Shared(long bytes)
    {
        if (bytes > _sharedBytes)
        {
            var grown = new NativeBlock(bytes);
            _shared.Dispose();
            _shared = grown;
            _sharedBytes = bytes;
        }

        return _shared.Address;
    }

    /// <summary>Memory of worker 0, undefined contents; worker w's begins w × <see cref="Stride"/> bytes on.</summary>
    public byte* PerWorker(long bytes)
    {
        if (bytes > _privateBytes)
        {
            var rounded = (bytes + Page - 1) / Page * Page;
            var grown = new NativeBlock(workers * (rounded + Skew));
            _private.Dispose();
            _private = grown;
            _privateBytes = rounded;
        }

        return _private.Address;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _shared.Dispose();
        _private.Dispose();
    }
}
