using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// The ragged batch of one step: rows of several sequences one below the other, prefill chunks and decode rows alike. Filled by the engine, reused step after
/// step without allocating.
/// </summary>
public sealed class StepBatch : IDisposable
{
    private readonly IBackend _backend;
    private readonly StepLimits _limits;
    private readonly int _layers;
    private readonly int[] _tokens;
    private readonly int[] _positions;
    private readonly int[] _outputRows;
    private readonly AttentionSegment[] _segments;
    private readonly List<IKvPages> _sequences;
    private readonly List<ImageRowRun> _images = [];
    private int[] _pageTable = [];

    /// <summary>Sizes the buffers of a decoder of <paramref name="layers"/> blocks.</summary>
    public StepBatch(IBackend backend, int layers, StepLimits limits)
    {
        (_backend, _layers, _limits) = (backend, layers, limits);
        _tokens = new int[limits.Rows];
        _positions = new int[limits.Rows];
        _outputRows = new int[limits.Outputs];
        _segments = new AttentionSegment[limits.Sequences];
        _sequences = new List<IKvPages>(limits.Sequences);
        TokenBuffer = backend.Allocate<int>(limits.Rows);
        PositionBuffer = backend.Allocate<int>(limits.Rows);
        OutputRowBuffer = backend.Allocate<int>(limits.Outputs);
        SegmentBuffer = backend.Allocate<AttentionSegment>(limits.Sequences);
        PageTableBuffer = backend.Allocate<int>(1);
        OutputIndexBuffer = backend.Allocate<int>(limits.Outputs);
        backend.Upload<int>([.. Enumerable.Range(0, limits.Outputs)], OutputIndexBuffer);
    }

    /// <summary>Rows filled.</summary>
    public int Rows { get; private set; }

    /// <summary>Segments filled, one a sequence.</summary>
    public int SegmentCount => _sequences.Count;

    /// <summary>Rows whose logits are wanted, in the order of <see cref="RequestOutput"/>.</summary>
    public ReadOnlySpan<int> OutputRows => _outputRows.AsSpan(0, OutputCount);

    /// <summary>Number of rows whose logits are wanted.</summary>
    public int OutputCount { get; private set; }

    /// <summary>Elements between the page tables of consecutive layers.</summary>
    public int LayerStride { get; private set; }

    internal ReadOnlySpan<ImageRowRun> Images => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_images);

    internal Buffer<int> TokenBuffer { get; }

    internal Buffer<int> PositionBuffer { get; }

    internal Buffer<int> OutputRowBuffer { get; }

    internal Buffer<int> OutputIndexBuffer { get; }

    internal Buffer<AttentionSegment> SegmentBuffer { get; }

    internal Buffer<int> PageTableBuffer { get; private set; }

    /// <summary>Forgets the last step.</summary>
    public void Clear()
    {
        (Rows, OutputCount, LayerStride) = (0, 0, 0);
        _sequences.Clear();
        _images.Clear();
    }

    /// <summary>
    /// Adds the next <paramref name="rows"/> tokens of a sequence that has <paramref name="cached"/> tokens in its KV cache. Positions follow on.
    /// Every row must then be given a token or image features.
    /// </summary>
    /// <returns>The first row of the segment.</returns>
    public int AddSegment(IKvPages pages, int rows, int cached)
    {
        var first = Rows;
        var needed = PagesFor(cached + rows);
        _segments[_sequences.Count] = new AttentionSegment(first, rows, LayerStride, cached + 1, Causal: 1);
        _sequences.Add(pages);
        for (var i = 0; i < rows; i++)
        {
            _positions[first + i] = cached + i;
        }

        LayerStride += needed;
        Rows += rows;
        return first;
    }

    /// <summary>The embedding of a row is that of a token.</summary>
    public void SetToken(int row, int token) => _tokens[row] = token;

    /// <summary>The embeddings of consecutive rows are those of an encoded image. features: [rows, width].</summary>
    public void SetImage(int firstRow, Matrix features)
    {
        _tokens.AsSpan(firstRow, features.Rows).Fill(-1);
        _images.Add(new ImageRowRun(firstRow, features));
    }

    /// <summary>Asks for the logits of a row.</summary>
    /// <returns>Index of the row among the outputs.</returns>
    public int RequestOutput(int row)
    {
        _outputRows[OutputCount] = row;
        return OutputCount++;
    }

    /// <summary>Hands the step to the backend.</summary>
    internal void Upload()
    {
        FillPageTable();
        _backend.Upload(_tokens.AsSpan(0, Rows), TokenBuffer);
        _backend.Upload(_positions.AsSpan(0, Rows), PositionBuffer);
        _backend.Upload(_outputRows.AsSpan(0, OutputCount), OutputRowBuffer);
        _backend.Upload(_segments.AsSpan(0, SegmentCount), SegmentBuffer);
        _backend.Upload(_pageTable.AsSpan(0, LayerStride * _layers), PageTableBuffer);
    }

    private static int PagesFor(int slots) => (slots + KvGeometry.PageSize - 1) / KvGeometry.PageSize;

    private void FillPageTable()
    {
        var size = LayerStride * _layers;
        if (_pageTable.Length < size)
        {
            _pageTable = new int[size * 2];
            PageTableBuffer.Dispose();
            PageTableBuffer = _backend.Allocate<int>(_pageTable.Length);
        }

        for (var s = 0; s < _sequences.Count; s++)
        {
            var segment = _segments[s];
            var pages = PagesFor(segment.VisibleTo(segment.RowCount - 1));
            for (var layer = 0; layer < _layers; layer++)
            {
                _sequences[s].Pages(layer)[..pages].CopyTo(_pageTable.AsSpan((layer * LayerStride) + segment.FirstPage));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TokenBuffer.Dispose();
        PositionBuffer.Dispose();
        OutputRowBuffer.Dispose();
        OutputIndexBuffer.Dispose();
        SegmentBuffer.Dispose();
        PageTableBuffer.Dispose();
    }
}
