using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>How image and text meet.</summary>
public enum ModelFamily
{
    /// <summary>One square image, MLP projector.</summary>
    Llava,

    /// <summary>LLaVA-NeXT: any-resolution tiles, unpadding, newline embedding.</summary>
    LlavaNext,

    /// <summary>A decoder alone.</summary>
    TextOnly,
}

/// <summary>Which rows of the tower's hidden state go to the projector.</summary>
public enum VisionFeatureSelectStrategy
{
    /// <summary>All rows but the first, which is the class token in CLIP.</summary>
    Default,

    /// <summary>All rows.</summary>
    Full,
}

/// <summary>A grid of LLaVA-NeXT in pixels.</summary>
public readonly record struct GridPinpoint(int Height, int Width);

/// <summary>
/// The content of config.json with every default resolved; what changes numbers and is not implemented has been refused by then.
/// </summary>
public sealed record ModelConfig
{
    public required ModelFamily Family { get; init; }

    /// <summary>model_type as written.</summary>
    public required string ModelType { get; init; }

    public required TextConfig Text { get; init; }

    /// <summary>Null for <see cref="ModelFamily.TextOnly"/>; so are all the fields below without meaning there.</summary>
    public VisionConfig? Vision { get; init; }

    public int ImageTokenId { get; init; } = -1;

    /// <summary>
    /// Indices into the tower's hidden states (0 = embeddings, Layers = last block), already counted from 0 and within range.
    /// Several are concatenated along the features.
    /// </summary>
    public IReadOnlyList<int> VisionFeatureLayers { get; init; } = [];

    public VisionFeatureSelectStrategy VisionFeatureSelectStrategy { get; init; }

    /// <summary>Grids of LLaVA-NeXT; empty elsewhere.</summary>
    public IReadOnlyList<GridPinpoint> ImageGridPinpoints { get; init; } = [];

    public Activation ProjectorHiddenAct { get; init; } = Activation.Gelu;

    public bool ProjectorBias { get; init; } = true;

    /// <summary>The vocabulary matrix is the embedding unless the file holds another one.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>dtype or torch_dtype as written; information only, the stored tensors say what they are.</summary>
    public string? Dtype { get; init; }

    /// <summary>Keys that were neither used nor known to be without effect, such as "text_config.some_key"; worth a warning.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];
}
