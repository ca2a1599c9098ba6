using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// How far the block that ran last has moved each row of a prompt: V2Drop's importance (Chen et al., CVPR 2026), the L2 norm of the
/// difference between adjacent hidden states. Depends on that prompt alone.
/// </summary>
public sealed class ChangeRanking : IDisposable
{
    private readonly IBackend _backend;
    private readonly StepLimits _limits;
    private readonly RowMoves _gather;

    /// <summary>Sizes the buffers.</summary>
    public ChangeRanking(IBackend backend, StepLimits limits)
    {
        (_backend, _limits) = (backend, limits);
        _gather = new RowMoves(backend, limits.Rows);
    }

    /// <summary>Elements of workspace that <see cref="Score"/> needs.</summary>
    public static long WorkspaceLength(DecoderShape shape, StepLimits limits) =>
        (2 * Workspace.Footprint(limits.Rows, shape.Width)) + Workspace.Footprint(1, limits.ContextLength);

    /// <summary>Scores every row of a prompt.</summary>
    /// <param name="before">Where the rows stand as the last block found them, [boundary rows, width].</param>
    /// <param name="after">Where they stand as it left them, [boundary rows, width].</param>
    /// <param name="rows">Boundary row of each row of the prompt, in order.</param>
    /// <param name="workspace">Memory of the step.</param>
    /// <param name="scores">[rows]</param>
    public void Score(Matrix before, Matrix after, ReadOnlySpan<int> rows, Workspace workspace, Span<float> scores)
    {
        var mark = workspace.Mark;
        var distances = workspace.Take(1, rows.Length);
        for (var first = 0; first < rows.Length; first += _limits.Rows)
        {
            var count = Math.Min(_limits.Rows, rows.Length - first);
            var chunk = workspace.Mark;
            var (a, b) = (workspace.Take(count, before.Columns), workspace.Take(count, before.Columns));
            _gather.Clear();
            for (var i = 0; i < count; i++)
            {
                _gather.Add(rows[first + i], i);
            }

            _gather.Upload();
            _gather.Run(before, a);
            _gather.Run(after, b);
            _backend.RowDistances(a, b, distances.ColumnRange(first, count));
            workspace.Release(chunk);
        }

        _backend.Download(distances.Buffer, distances.Offset, scores);
        workspace.Release(mark);
    }

    /// <inheritdoc/>
    public void Dispose() => _gather.Dispose();
}
