using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// How much the last row of a prompt attends to each row, before a block runs: PyramidDrop's importance (Xing et al. 2024, arXiv
/// 2410.17247). Uses the block's own norm, queries and keys with the current positions, a softmax over all rows, and the mean over heads.
/// Depends on that prompt alone.
/// </summary>
public sealed class AttentionRanking : IDisposable
{
    private readonly IBackend _backend;
    private readonly Decoder _decoder;
    private readonly StepLimits _limits;
    private readonly RowMoves _gather;
    private readonly Buffer<int> _positions;

    /// <summary>Sizes the buffers.</summary>
    public AttentionRanking(IBackend backend, Decoder decoder, StepLimits limits)
    {
        (_backend, _decoder, _limits) = (backend, decoder, limits);
        _gather = new RowMoves(backend, limits.Rows);
        _positions = backend.Allocate<int>(limits.Rows);
    }

    /// <summary>Elements of workspace that <see cref="Score"/> needs.</summary>
    public static long WorkspaceLength(DecoderShape shape, StepLimits limits) =>
        Workspace.Footprint(shape.Heads, limits.ContextLength)
        + Workspace.Footprint(1, limits.ContextLength)
        + Workspace.Footprint(1, shape.QueryWidth)
        + Workspace.Footprint(limits.Rows, shape.Width)
        + Workspace.Footprint(limits.Rows, shape.QueryKeyValueWidth);

    /// <summary>Scores every row of a prompt; they add up to 1.</summary>
    /// <param name="layer">The block that would run next, 0-based.</param>
    /// <param name="boundary">Where the prompt waits, [boundary rows, width].</param>
    /// <param name="rows">Boundary row of each row of the prompt, in order.</param>
    /// <param name="positions">Position of each.</param>
    /// <param name="workspace">Memory of the step.</param>
    /// <param name="scores">[rows]</param>
    public void Score(
        int layer, Matrix boundary, ReadOnlySpan<int> rows, ReadOnlySpan<int> positions, Workspace workspace, Span<float> scores)
    {
        var shape = _decoder.Shape;
        var mark = workspace.Mark;
        var attention = workspace.Take(shape.Heads, rows.Length);
        var mean = workspace.Take(1, rows.Length);
        var query = workspace.Take(1, shape.QueryWidth);
        var chunk = workspace.Mark;
        _backend.Copy(_decoder.Queries(Project(layer, boundary, rows[^1..], positions[^1..], workspace)), query);
        workspace.Release(chunk);
        for (var first = 0; first < rows.Length; first += _limits.Rows)
        {
            var count = Math.Min(_limits.Rows, rows.Length - first);
            var qkv = Project(layer, boundary, rows.Slice(first, count), positions.Slice(first, count), workspace);
            _decoder.ScoreAttention(query, _decoder.Keys(qkv), attention.ColumnRange(first, count));
            workspace.Release(chunk);
        }

        _backend.Softmax(attention);
        _backend.MeanRow(attention, mean);
        _backend.Download(mean.Buffer, mean.Offset, scores);
        workspace.Release(mark);
    }

    // qkv: [rows, q k v]
    private Matrix Project(int layer, Matrix boundary, ReadOnlySpan<int> rows, ReadOnlySpan<int> positions, Workspace workspace)
    {
        var hidden = workspace.Take(rows.Length, _decoder.Shape.Width);
        var qkv = workspace.Take(rows.Length, _decoder.Shape.QueryKeyValueWidth);
        _gather.Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            _gather.Add(rows[i], i);
        }

        _gather.Upload();
        _gather.Run(boundary, hidden);
        _backend.Upload(positions, _positions);
        _decoder.ProjectAttention(layer, hidden, _positions, qkv);
        return qkv;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gather.Dispose();
        _positions.Dispose();
    }
}
