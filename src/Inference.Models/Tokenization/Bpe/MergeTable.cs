namespace Inference.Models.Tokenization.Bpe;

/// <summary>Which pairs of tokens merge, in what order, and into what.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<ulong, Merge> _merges;

    public MergeTable(int capacity) => _merges = new Dictionary<ulong, Merge>(capacity);

    /// <summary>The merge of a pair: lower ranks go first.</summary>
    public readonly record struct Merge(int Rank, int Result);

    /// <summary>A later line for the same pair replaces an earlier one, as in the library.</summary>
    public void Set(int left, int right, int rank, int result) => _merges[Key(left, right)] = new Merge(rank, result);

    public bool TryGet(int left, int right, out Merge merge) => _merges.TryGetValue(Key(left, right), out merge);

    // An odd factor permutes the 64-bit numbers, so no two pairs share a key; unscrambled, the halves would cancel in the hash.
    private static ulong Key(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) * 0x9E3779B97F4A7C15;
}
