namespace Inference.Compute;

/// <summary>
/// A weight matrix [Outputs, Inputs] in the layout of its backend, read by matrix-vector and matrix-matrix products and by embedding
/// look-ups alike.
/// </summary>
public abstract class PackedMatrix(int outputs, int inputs, NumberFormat format) : IDisposable
{
    /// <summary>Rows of the checkpoint's matrix: columns of a product.</summary>
    public int Outputs { get; } = outputs;

    /// <summary>Columns of the checkpoint's matrix: the length of the sums.</summary>
    public int Inputs { get; } = inputs;

    /// <summary>How the weights are stored.</summary>
    public NumberFormat Format { get; } = format;

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long Bytes { get; }

    /// <summary>Writes the packed weights, <see cref="Bytes"/> bytes, as <see cref="IBackend.Adopt"/> takes them.</summary>
    public abstract void CopyTo(Stream stream);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the memory.</summary>
    protected abstract void Dispose(bool disposing);
}
