using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// A Llama-shaped decoder (Llama, Mistral, Qwen2): pre-norm blocks of rotary grouped-query attention and a gated feed-forward, over a
/// ragged batch and a paged KV cache. Written in backend operations only.
/// </summary>
public sealed partial class Decoder : IDisposable
{
    private readonly IBackend _backend;
    private readonly DecoderLayer[] _layers;
    private readonly PackedMatrix _embedding;
    private readonly PackedMatrix _head;
    private readonly Buffer<float> _finalNorm;
    private readonly RotaryTable _rotary;
    private readonly float _attentionScale;

    internal Decoder(
        IBackend backend, DecoderShape shape, PackedMatrix embedding, DecoderLayer[] layers, Buffer<float> finalNorm, PackedMatrix head,
        RotaryTable rotary)
    {
        (_backend, Shape, _embedding, _layers, _finalNorm, _head, _rotary) = (backend, shape, embedding, layers, finalNorm, head, rotary);
        _attentionScale = 1f / MathF.Sqrt(shape.HeadDim);
    }

    /// <summary>Sizes of the decoder.</summary>
    public DecoderShape Shape { get; }

    /// <summary>How the matrices of the blocks are held; null where blocks differ.</summary>
    public NumberFormat? WeightsFormat => _layers.Length == 0 ? _head.Format
        : Array.TrueForAll(_layers, layer => layer.Down.Format == _layers[0].Down.Format) ? _layers[0].Down.Format
        : null;

    /// <summary>Bytes of packed weights; a tied vocabulary matrix counts once.</summary>
    public long WeightBytes =>
        _layers.Sum(layer => layer.Bytes) + _head.Bytes + (ReferenceEquals(_embedding, _head) ? 0 : _embedding.Bytes);

    /// <summary>Bytes of weights that one decode step reads.</summary>
    public long DecodeBytes => _layers.Sum(layer => layer.Bytes) + _head.Bytes;

    /// <summary>Longest context the rotary table covers.</summary>
    public int ContextLength => _rotary.Positions;

    /// <summary>Elements of workspace that a step within <paramref name="limits"/> needs.</summary>
    public long WorkspaceLength(StepLimits limits)
    {
        var rows = limits.Rows;
        var block = Workspace.Footprint(rows, Shape.Width)
            + Math.Max(
                Workspace.Footprint(rows, Shape.QueryKeyValueWidth) + Workspace.Footprint(rows, Shape.QueryWidth),
                Workspace.Footprint(rows, 2 * Shape.Intermediate))
            + Workspace.Footprint(rows, Shape.Width);
        var projected = limits.Outputs + limits.LensRows;
        return (2 * Workspace.Footprint(rows, Shape.Width))
            + Workspace.Footprint(projected, Shape.Width)
            + Math.Max(block, Workspace.Footprint(projected, Shape.Vocabulary));
    }

    /// <summary>
    /// Runs one step: embeds, writes the keys and values of every row, and returns the logits of the requested rows, then those of the
    /// lenses (<see cref="StepBatch.FirstLensRow"/>), [outputs + lens rows, vocabulary], in workspace memory. The vocabulary matrix is read
    /// once for all of them.
    /// </summary>
    public Matrix Forward(StepBatch batch, KvPool pool, Workspace workspace, IStepObserver? observer = null)
    {
        batch.Upload();
        // selected: [outputs + lens rows, width]
        var selected = workspace.Take(batch.OutputCount + batch.LensCount, Shape.Width);
        CopyCarried(batch, selected, enters: true);
        var rows = workspace.Take(batch.Rows, Shape.Width);
        var spare = batch.Phases.Count > 1 ? workspace.Take(batch.Rows, Shape.Width) : rows;
        var hidden = rows.RowRange(0, 0);
        for (var i = 0; i < batch.Phases.Count; i++)
        {
            batch.Phases.Enter(i);
            var phase = batch.Phases.Current;
            if (!phase.Staying.IsIdentity)
            {
                phase.Staying.Run(hidden, spare);
                (rows, spare) = (spare, rows);
            }

            hidden = rows.RowRange(0, phase.Rows);
            phase.Entering.Run(batch.Boundary, hidden);
            RunBlocks(phase, hidden, selected, batch, pool, workspace, observer);
            phase.Leaving.Run(hidden, batch.Boundary);
        }

        CopyCarried(batch, selected, enters: false);
        return Project(hidden, selected, batch, workspace, observer);
    }

    private void CopyCarried(StepBatch batch, Matrix selected, bool enters)
    {
        for (var lens = 0; lens < batch.Taps.Count; lens++)
        {
            if (batch.Taps.Carry(lens) is { } carry && (enters ? carry.Enters : carry.Leaves))
            {
                var rows = selected.RowRange(batch.FirstLensRow(lens), carry.Rows.Rows);
                _backend.Copy(enters ? carry.Rows : rows, enters ? rows : carry.Rows);
            }
        }
    }

    private void Tap(StepBatch batch, int layer, Matrix hidden, Matrix selected)
    {
        var (first, count) = batch.Taps.Of(layer);
        if (count > 0)
        {
            _backend.CombineRows(hidden, batch.Taps.Terms, first, count, selected);
        }

        batch.Score(layer, hidden);
    }

    private static void Observe(IStepObserver? observer, int index, Matrix hidden, StepBatch batch)
    {
        if (observer is not null && observer.Wants(index))
        {
            observer.OnHidden(index, hidden, batch);
        }
    }

    private void RunBlocks(
        StepPhase phase, Matrix hidden, Matrix selected, StepBatch batch, KvPool pool, Workspace workspace, IStepObserver? observer)
    {
        if (phase.FirstLayer == 0)
        {
            Embed(batch, hidden);
            Tap(batch, 0, hidden, selected);
            Observe(observer, 0, hidden, batch);
        }

        for (var i = phase.FirstLayer; i < phase.EndLayer; i++)
        {
            if (i == phase.EndLayer - 1 && batch.BoundaryBefore is { } before)
            {
                phase.Leaving.Run(hidden, before);
            }

            var mark = workspace.Mark;
            Attend(i, hidden, phase, pool, workspace);
            FeedForward(_layers[i], hidden, workspace);
            workspace.Release(mark);
            Tap(batch, i + 1, hidden, selected);
            Observe(observer, i + 1, hidden, batch);
        }
    }

    private void Embed(StepBatch batch, Matrix hidden)
    {
        _backend.Embed(_embedding, batch.TokenBuffer, hidden);
        foreach (var image in batch.Images)
        {
            _backend.Copy(image.Features, hidden.RowRange(batch.RowOf(image.FirstRow), image.Features.Rows));
        }
    }

    private void Attend(int index, Matrix hidden, StepPhase phase, KvPool pool, Workspace workspace)
    {
        var layer = _layers[index];
        var mark = workspace.Mark;
        var normed = workspace.Take(hidden.Rows, Shape.Width);
        var qkv = workspace.Take(hidden.Rows, Shape.QueryKeyValueWidth);
        _backend.RmsNorm(hidden, layer.AttentionNorm, Shape.NormEpsilon, normed);
        _backend.MatMul(normed, layer.QueryKeyValue, qkv, layer.QueryKeyValueBias);

        var q = Queries(qkv);
        var v = qkv.ColumnRange(Shape.QueryWidth + Shape.KvWidth, Shape.KvWidth);
        var pageTableOffset = (index - phase.FirstLayer) * phase.LayerStride;
        _backend.RotaryWriteKv(
            q, Keys(qkv), v, phase.Positions, _rotary, pool, phase.Segments, phase.SegmentCount, phase.PageTable, pageTableOffset);
        var attended = workspace.Take(hidden.Rows, Shape.QueryWidth);
        _backend.Attention(q, pool, phase.Segments, phase.SegmentCount, phase.PageTable, pageTableOffset, _attentionScale, attended);
        _backend.MatMulAdd(attended, layer.Output, hidden, layer.OutputBias);
        workspace.Release(mark);
    }

    private void FeedForward(DecoderLayer layer, Matrix hidden, Workspace workspace)
    {
        var normed = workspace.Take(hidden.Rows, Shape.Width);
        var gateUp = workspace.Take(hidden.Rows, 2 * Shape.Intermediate);
        _backend.RmsNorm(hidden, layer.FeedForwardNorm, Shape.NormEpsilon, normed);
        _backend.MatMul(normed, layer.GateUp, gateUp, layer.GateUpBias);

        var gate = gateUp.ColumnRange(0, Shape.Intermediate);
        _backend.ActivateGated(gate, gateUp.ColumnRange(Shape.Intermediate, Shape.Intermediate), Shape.Activation, gate);
        _backend.MatMulAdd(gate, layer.Down, hidden, layer.DownBias);
    }

    private Matrix Project(Matrix hidden, Matrix selected, StepBatch batch, Workspace workspace, IStepObserver? observer)
    {
        var outputs = batch.OutputCount;
        var logits = workspace.Take(selected.Rows, Shape.Vocabulary);
        if (selected.Rows == 0)
        {
            return logits;
        }

        _backend.CopyRows(hidden, batch.OutputRowBuffer, selected, batch.OutputIndexBuffer, outputs);
        var normed = selected.RowRange(0, outputs + batch.Taps.NormedRows);
        _backend.RmsNorm(normed, _finalNorm, Shape.NormEpsilon, normed);
        _backend.MatMul(selected, _head, logits);
        observer?.OnOutput(selected.RowRange(0, outputs), logits.RowRange(0, outputs), batch);
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }

        _embedding.Dispose();
        _head.Dispose();
        _finalNorm.Dispose();
        _rotary.Dispose();
    }
}
