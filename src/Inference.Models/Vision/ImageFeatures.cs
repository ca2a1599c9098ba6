using Inference.Compute;

namespace Inference.Models.Vision;

/// <summary>An encoded image: the rows that stand for it in a prompt. Owns backend memory.</summary>
public sealed class ImageFeatures(Buffer<float> buffer, int rows, int width) : IDisposable
{
    /// <summary>[rows, decoder width].</summary>
    public Matrix Rows { get; } = new(buffer, rows, width);

    /// <summary>
    /// Offsets of the rows among all that the encoder gave, ascending; null where none was left out, or several were averaged into one.
    /// </summary>
    public IReadOnlyList<int>? KeptRows { get; init; }

    /// <summary>Bytes of backend memory held.</summary>
    public long Bytes => buffer.Length * sizeof(float);

    /// <inheritdoc/>
    public void Dispose() => buffer.Dispose();
}
