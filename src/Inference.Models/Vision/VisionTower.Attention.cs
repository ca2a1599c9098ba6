using Inference.Compute;

namespace Inference.Models.Vision;

/// <content>Where the tower looks.</content>
internal sealed partial class VisionTower
{
    /// <summary>Elements of workspace that <see cref="AttentionReceived"/> needs.</summary>
    public long AttentionWorkspaceLength =>
        Workspace.Footprint(Shape.Tokens, Shape.Width) + Workspace.Footprint(Shape.Tokens, 3 * Shape.Width)
        + Workspace.Footprint(Shape.Heads, Shape.Tokens) + Workspace.Footprint(Shape.ClassToken ? 1 : Shape.Tokens, Shape.Tokens)
        + Workspace.Footprint(1, Shape.Tokens);

    /// <summary>
    /// The attention that each token receives in block <paramref name="index"/>, before it runs: from the class token, mean over heads;
    /// without one, the mean over all queries too. hidden: [tokens, width], left as it is; scores: [tokens].
    /// </summary>
    public void AttentionReceived(int index, Matrix hidden, Workspace workspace, Span<float> scores)
    {
        var layer = _layers[index];
        var mark = workspace.Mark;
        var normed = workspace.Take(hidden.Rows, Shape.Width);
        var qkv = workspace.Take(hidden.Rows, 3 * Shape.Width);
        _backend.LayerNorm(hidden, layer.AttentionNorm.Weight, layer.AttentionNorm.Bias, Shape.NormEpsilon, normed);
        _backend.MatMul(normed, layer.QueryKeyValue.Weight, qkv, layer.QueryKeyValue.Bias);

        var queries = Shape.ClassToken ? 1 : Shape.Tokens;
        var heads = workspace.Take(Shape.Heads, Shape.Tokens);
        var received = workspace.Take(queries, Shape.Tokens);
        var mean = workspace.Take(1, Shape.Tokens);
        var keys = qkv.ColumnRange(Shape.Width, Shape.Width);
        for (var query = 0; query < queries; query++)
        {
            _backend.AttentionScores(qkv.ColumnRange(0, Shape.Width).RowRange(query, 1), keys, Shape.HeadDim, _scale, heads);
            _backend.Softmax(heads);
            _backend.MeanRow(heads, received.RowRange(query, 1));
        }

        _backend.MeanRow(received, mean);
        _backend.Download(mean.Buffer, mean.Offset, scores);
        workspace.Release(mark);
    }
}
