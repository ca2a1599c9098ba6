using Inference.Compute;

namespace Inference.Models.Vision;

/// <summary>The sizes that fix a vision tower's arithmetic.</summary>
public sealed record VisionShape
{
    /// <summary>Width of the tower's residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Width of the feed-forward.</summary>
    public required int Intermediate { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Epsilon of every norm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Activation of the feed-forward.</summary>
    public required Activation Activation { get; init; }

    /// <summary>Side of the square input, in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Side of a patch, in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Whether row 0 is a class token (CLIP).</summary>
    public required bool ClassToken { get; init; }

    /// <summary>Patches along one side.</summary>
    public int PatchesPerSide => ImageSize / PatchSize;

    /// <summary>Patches of a tile.</summary>
    public int Patches => PatchesPerSide * PatchesPerSide;

    /// <summary>Rows of a tile: patches and class token.</summary>
    public int Tokens => Patches + (ClassToken ? 1 : 0);

    /// <summary>Values of a patch: channels × side².</summary>
    public int PatchLength => 3 * PatchSize * PatchSize;

    /// <summary>Width of a head.</summary>
    public int HeadDim => Width / Heads;
}
