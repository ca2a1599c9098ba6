using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// The blocks [<see cref="FirstLayer"/>, <see cref="EndLayer"/>) of a step, over which the same rows are active and every sequence keeps
/// its cache's length. A step without dropped tokens is one phase.
/// </summary>
internal sealed class StepPhase : IDisposable
{
    private readonly IBackend _backend;
    private readonly int[] _positions;
    private readonly int[] _outputRows;
    private readonly int[] _firstRows;
    private readonly AttentionSegment[] _segments;
    private int[] _pageTable = [];

    public StepPhase(IBackend backend, StepLimits limits)
    {
        _backend = backend;
        _positions = new int[limits.Rows];
        _outputRows = new int[limits.Outputs];
        _firstRows = new int[limits.Sequences];
        _segments = new AttentionSegment[limits.Sequences];
        Positions = backend.Allocate<int>(limits.Rows);
        OutputRows = backend.Allocate<int>(limits.Outputs);
        Segments = backend.Allocate<AttentionSegment>(limits.Sequences);
        PageTable = backend.Allocate<int>(1);
        Staying = new RowMoves(backend, limits.Rows);
        Entering = new RowMoves(backend, limits.Rows);
        Leaving = new RowMoves(backend, limits.Rows);
    }

    public int FirstLayer { get; private set; }

    public int EndLayer { get; private set; }

    /// <summary>Active rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Active segments.</summary>
    public int SegmentCount { get; private set; }

    /// <summary>Elements between the page tables of consecutive layers.</summary>
    public int LayerStride { get; private set; }

    public Buffer<int> Positions { get; }

    /// <summary>Active rows of the requested outputs; 0 for those that are not active.</summary>
    public Buffer<int> OutputRows { get; }

    public Buffer<AttentionSegment> Segments { get; }

    public Buffer<int> PageTable { get; private set; }

    /// <summary>From rows of the phase before.</summary>
    public RowMoves Staying { get; }

    /// <summary>From boundary rows.</summary>
    public RowMoves Entering { get; }

    /// <summary>To boundary rows, after the phase.</summary>
    public RowMoves Leaving { get; }

    /// <summary>The first active row of a segment, or -1.</summary>
    public int FirstRow(int segment) => _firstRows[segment];

    /// <summary>Works out what is active.</summary>
    /// <returns>Whether anything is.</returns>
    public bool Fill(StepBatch batch, int firstLayer, int endLayer, StepPhase? before)
    {
        (FirstLayer, EndLayer, Rows, SegmentCount, LayerStride) = (firstLayer, endLayer, 0, 0, 0);
        Staying.Clear();
        Entering.Clear();
        Leaving.Clear();
        for (var s = 0; s < batch.Segments.Length; s++)
        {
            _firstRows[s] = -1;
            foreach (var group in batch.Groups(s))
            {
                if (group.FirstLayer <= firstLayer && firstLayer < group.EndLayer)
                {
                    Add(batch, s, group, before);
                }
            }
        }

        return Rows > 0;
    }

    /// <summary>Hands the phase to the backend.</summary>
    public void Upload(StepBatch batch)
    {
        FillPageTable(batch);
        for (var i = 0; i < batch.OutputCount; i++)
        {
            _outputRows[i] = Math.Max(0, batch.RowIn(this, batch.OutputRows[i]));
        }

        _backend.Upload(_positions.AsSpan(0, Rows), Positions);
        _backend.Upload(_outputRows.AsSpan(0, batch.OutputCount), OutputRows);
        _backend.Upload(_segments.AsSpan(0, SegmentCount), Segments);
        _backend.Upload(_pageTable.AsSpan(0, LayerStride * (EndLayer - FirstLayer)), PageTable);
        Staying.Upload();
        Entering.Upload();
        Leaving.Upload();
    }

    private static int PagesFor(int slots) => (slots + KvGeometry.PageSize - 1) / KvGeometry.PageSize;

    private void Add(StepBatch batch, int index, LayerGroup group, StepPhase? before)
    {
        var segment = batch.Segments[index];
        var groups = batch.Groups(index);
        var rowBefore = before?.FirstRow(index) ?? -1;
        var enters = rowBefore < 0 && groups[0].FirstLayer > 0;
        var leaves = EndLayer == groups[^1].EndLayer && EndLayer < batch.Layers;
        for (var i = 0; i < segment.Rows; i++)
        {
            var row = Rows + i;
            _positions[row] = group.Position + batch.PositionOffset(segment.FirstRow + i);
            if (rowBefore >= 0)
            {
                Staying.Add(rowBefore + i, row);
            }

            if (enters)
            {
                Entering.Add(batch.BoundaryRow(segment.FirstRow + i), row);
            }

            if (leaves && batch.BoundaryRow(segment.FirstRow + i) >= 0)
            {
                Leaving.Add(row, batch.BoundaryRow(segment.FirstRow + i));
            }
        }

        _firstRows[index] = Rows;
        _segments[SegmentCount++] = new AttentionSegment(Rows, segment.Rows, LayerStride, group.Cached + 1, Causal: 1);
        Rows += segment.Rows;
        LayerStride += PagesFor(group.Cached + segment.Rows);
    }

    private void FillPageTable(StepBatch batch)
    {
        var size = LayerStride * (EndLayer - FirstLayer);
        if (_pageTable.Length < size)
        {
            _pageTable = new int[size * 2];
            PageTable.Dispose();
            PageTable = _backend.Allocate<int>(_pageTable.Length);
        }

        var active = 0;
        for (var s = 0; s < batch.Segments.Length; s++)
        {
            if (_firstRows[s] < 0)
            {
                continue;
            }

            var segment = _segments[active++];
            var pages = PagesFor(segment.VisibleTo(segment.RowCount - 1));
            for (var layer = FirstLayer; layer < EndLayer; layer++)
            {
                var table = _pageTable.AsSpan(((layer - FirstLayer) * LayerStride) + segment.FirstPage);
                batch.Segments[s].Pages.Pages(layer)[..pages].CopyTo(table);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Positions.Dispose();
        OutputRows.Dispose();
        Segments.Dispose();
        PageTable.Dispose();
        Staying.Dispose();
        Entering.Dispose();
        Leaving.Dispose();
    }
}
