using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>Decoder families; they share one block and differ in biases and defaults.</summary>
public enum TextModelType
{
    Llama,
    Mistral,
    Qwen2,
}

/// <summary>The decoder: all values resolved, defaults as in the transformers configuration class of its <see cref="ModelType"/>.</summary>
public sealed record TextConfig
{
    public required TextModelType ModelType { get; init; }

    /// <summary>Rows of the embedding and of the vocabulary matrix; may exceed the number of tokens.</summary>
    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/>.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Even; Heads · HeadDim need not be HiddenSize.</summary>
    public required int HeadDim { get; init; }

    public required float RmsNormEps { get; init; }

    /// <summary>Longest sequence, in tokens.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    public required RopeConfig Rope { get; init; }

    /// <summary>Biases on q, k and v projections.</summary>
    public required bool QkvBias { get; init; }

    /// <summary>Bias on the attention output projection.</summary>
    public required bool OutputBias { get; init; }

    /// <summary>Biases on gate, up and down projections.</summary>
    public required bool MlpBias { get; init; }

    public required Activation HiddenAct { get; init; }

    public required bool TieWordEmbeddings { get; init; }

    public int? BosTokenId { get; init; }

    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    public int? PadTokenId { get; init; }
}
