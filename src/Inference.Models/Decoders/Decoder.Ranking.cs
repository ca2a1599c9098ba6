using Inference.Compute;

namespace Inference.Models.Decoders;

/// <content>What a block's attention makes of rows that wait before it.</content>
public sealed partial class Decoder
{
    /// <summary>
    /// Queries, keys and values of rows before block <paramref name="layer"/>: its norm, its projections, queries and keys rotated by the
    /// positions.
    /// </summary>
    /// <param name="layer">0-based block.</param>
    /// <param name="hidden">[rows, width]; overwritten.</param>
    /// <param name="positions">Positions of the rows.</param>
    /// <param name="qkv">[rows, q k v]</param>
    internal void ProjectAttention(int layer, Matrix hidden, Buffer<int> positions, Matrix qkv)
    {
        var weights = _layers[layer];
        _backend.RmsNorm(hidden, weights.AttentionNorm, Shape.NormEpsilon, hidden);
        _backend.MatMul(hidden, weights.QueryKeyValue, qkv, weights.QueryKeyValueBias);
        _backend.Rotary(qkv.ColumnRange(0, Shape.QueryWidth + Shape.KvWidth), Shape.HeadDim, positions, _rotary);
    }

    /// <summary>The scores of one query row against keys, before any softmax. y: [heads, keys].</summary>
    internal void ScoreAttention(Matrix query, Matrix keys, Matrix y) =>
        _backend.AttentionScores(query, keys, Shape.HeadDim, _attentionScale, y);

    internal Matrix Queries(Matrix qkv) => qkv.ColumnRange(0, Shape.QueryWidth);

    internal Matrix Keys(Matrix qkv) => qkv.ColumnRange(Shape.QueryWidth, Shape.KvWidth);
}
