using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>The sizes that fix a Llama-shaped decoder's arithmetic.</summary>
public sealed record DecoderShape
{
    /// <summary>Rows of the vocabulary matrix, padding included.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Width of the feed-forward.</summary>
    public required int Intermediate { get; init; }

    /// <summary>Number of blocks, L.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key/value heads; a divisor of <see cref="Heads"/>.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Epsilon of every norm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Activation of the gate.</summary>
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>Columns of the packed q, k, v projection.</summary>
    public int QueryKeyValueWidth => (Heads + (2 * KvHeads)) * HeadDim;

    /// <summary>Columns of the queries.</summary>
    public int QueryWidth => Heads * HeadDim;

    /// <summary>Columns of the keys, and of the values.</summary>
    public int KvWidth => KvHeads * HeadDim;

    /// <summary>KV pages' shape.</summary>
    public KvGeometry Kv => new(KvHeads, HeadDim);
}
