namespace Inference.Decoding.Pruning;

/// <summary>Which rotary positions the rows have that survive a stage.</summary>
public enum PositionPolicy
{
    /// <summary>
    /// Renumbered 0 … n − 1 after each stage, as PyramidDrop's code does; the position of a generated token differs from stage to stage.
    /// </summary>
    Reindex,

    /// <summary>The original ones; a generated token has one position in all layers.</summary>
    Keep,
}
