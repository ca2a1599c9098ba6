using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>Vision towers.</summary>
public enum VisionModelType
{
    /// <summary>Class token, pre_layrnorm (spelled so in checkpoints), no patch bias.</summary>
    Clip,

    /// <summary>Patches only, patch bias.</summary>
    Siglip,
}

/// <summary>
/// The vision tower: all values resolved, defaults as in the transformers configuration class of its <see cref="ModelType"/>.
/// </summary>
public sealed record VisionConfig
{
    public required VisionModelType ModelType { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>Side of the square input in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Side of a square patch in pixels.</summary>
    public required int PatchSize { get; init; }

    public required Activation HiddenAct { get; init; }

    public required float LayerNormEps { get; init; }

    /// <summary>RGB; anything else is refused.</summary>
    public const int Channels = 3;

    /// <summary>Patches along one side; a rest of pixels that fills no patch is dropped.</summary>
    public int PatchesPerSide => ImageSize / PatchSize;

    /// <summary>Rows of the position embedding: patches, and the class token where there is one.</summary>
    public int Positions => PatchesPerSide * PatchesPerSide + (ModelType == VisionModelType.Clip ? 1 : 0);
}
