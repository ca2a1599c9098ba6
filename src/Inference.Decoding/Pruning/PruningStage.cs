namespace Inference.Decoding.Pruning;

/// <summary>
/// Before 0-based block <paramref name="Layer"/>, (int)(V × <paramref name="Keep"/>) of an image's original V rows remain.
/// </summary>
/// <param name="Layer">Block, in [1, L − 1].</param>
/// <param name="Keep">Share of the original rows, in (0, 1].</param>
public readonly record struct PruningStage(int Layer, double Keep)
{
    /// <summary>Rows that remain of an image of <paramref name="rows"/> rows: truncated, as the reference does.</summary>
    public int Kept(int rows) => (int)(rows * Keep);
}
