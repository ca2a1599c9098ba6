using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>The vectors of all probes of a model, in the backend's memory.</summary>
public sealed class ProbeVectors : IDisposable
{
    private readonly Buffer<float> _memory;

    /// <summary>Copies vectors of one width.</summary>
    public ProbeVectors(IBackend backend, IReadOnlyList<ReadOnlyMemory<float>> vectors, int width)
    {
        _memory = backend.Allocate<float>(Math.Max(1, (long)vectors.Count * width));
        Rows = new Matrix(_memory, vectors.Count, width);
        for (var i = 0; i < vectors.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(vectors[i].Length, width, nameof(vectors));
            backend.Upload(vectors[i].Span, _memory, (long)i * width);
        }
    }

    /// <summary>[vectors, width]</summary>
    public Matrix Rows { get; }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
