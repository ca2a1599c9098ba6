namespace Inference.Compute;

/// <summary>
/// What one KV page holds: <see cref="PageSize"/> tokens of ONE layer, keys and values of all KV heads. Pages of all layers come from one
/// pool, so that layers of one sequence may hold different numbers of tokens.
/// </summary>
/// <param name="KvHeads">Key/value heads.</param>
/// <param name="HeadDim">Width of a head.</param>
/// <param name="Format">
/// How numbers are held: F32, or BF16, which halves the bytes and rounds every key and value once, to the nearest.
/// </param>
public readonly record struct KvGeometry(int KvHeads, int HeadDim, NumberFormat Format = NumberFormat.F32)
{
    /// <summary>Tokens of a page. Fixed: the order of attention's sums depends on it.</summary>
    public const int PageSize = 32;
}
