using System.Runtime.InteropServices;
using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// The ragged batch of one step: rows of several sequences one below the other, prefill chunks and decode rows alike. Filled by the engine,
/// reused step after step without allocating.
/// <para>
/// A segment goes through consecutive <see cref="LayerGroup"/>s. One that does not begin at block 0 takes its rows from the boundary rows,
/// one that ends before the last block leaves them there. Rows are numbered as they were added; while blocks run, only some of them are
/// active, and <see cref="RowOf"/> finds them.
/// </para>
/// </summary>
public sealed class StepBatch : IDisposable
{
    private readonly IBackend _backend;
    private readonly int[] _tokens;
    private readonly int[] _phaseTokens;
    private readonly int[] _offsets;
    private readonly int[] _boundaryRows;
    private readonly int[] _segmentOfRow;
    private readonly int[] _outputRows;
    private readonly List<StepSegment> _segments;
    private readonly List<LayerGroup> _groups = [];
    private readonly List<ImageRowRun> _images = [];
    private readonly ProbeVectors? _probes;

    /// <summary>Sizes the buffers of a decoder of <paramref name="layers"/> blocks.</summary>
    /// <param name="backend">Where the step runs.</param>
    /// <param name="layers">Blocks of the decoder.</param>
    /// <param name="limits">What a step may hold.</param>
    /// <param name="probes">The vectors that <see cref="RequestScores"/> names, or null.</param>
    public StepBatch(IBackend backend, int layers, StepLimits limits, ProbeVectors? probes = null)
    {
        (_backend, Layers, _probes) = (backend, layers, probes);
        _tokens = new int[limits.Rows];
        _phaseTokens = new int[limits.Rows];
        _offsets = new int[limits.Rows];
        _boundaryRows = new int[limits.Rows];
        _segmentOfRow = new int[limits.Rows];
        _outputRows = new int[limits.Outputs];
        _segments = new List<StepSegment>(limits.Sequences);
        TokenBuffer = backend.Allocate<int>(limits.Rows);
        OutputIndexBuffer = backend.Allocate<int>(limits.Outputs);
        backend.Upload<int>([.. Enumerable.Range(0, limits.Outputs)], OutputIndexBuffer);
        Phases = new StepPhases(backend, layers, limits);
        Taps = new StepTaps(backend, layers, limits.LensRows);
        Scores = new StepScores(backend, layers, limits.Scores);
    }

    /// <summary>Rows filled.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows whose logits are wanted, in the order of <see cref="RequestOutput"/>.</summary>
    public ReadOnlySpan<int> OutputRows => _outputRows.AsSpan(0, OutputCount);

    /// <summary>Number of rows whose logits are wanted.</summary>
    public int OutputCount { get; private set; }

    /// <summary>Blocks of the decoder.</summary>
    internal int Layers { get; }

    /// <summary>Number of lens rows whose logits are wanted.</summary>
    public int LensCount => Taps.Rows;

    internal ReadOnlySpan<StepSegment> Segments => CollectionsMarshal.AsSpan(_segments);

    internal ReadOnlySpan<ImageRowRun> Images => CollectionsMarshal.AsSpan(_images);

    /// <summary>Runs of blocks, in order. Filled by <see cref="Upload"/>.</summary>
    internal StepPhases Phases { get; }

    /// <summary>Where rows wait between groups, [boundary rows, width]; set where a segment begins or ends between blocks.</summary>
    internal Matrix Boundary { get; private set; }

    /// <summary>
    /// Where rows that will wait are kept as they were before the last block in front of the boundary, at the same places; null where
    /// nobody asked.
    /// </summary>
    internal Matrix? BoundaryBefore { get; private set; }

    internal StepTaps Taps { get; }

    internal StepScores Scores { get; }

    /// <summary>Number of scores asked for.</summary>
    public int ScoreCount => Scores.Count;

    /// <summary>The scores of the step, once it has run: Σ vector · hidden, [<see cref="ScoreCount"/>].</summary>
    public Buffer<float> ScoreBuffer => Scores.Scores;

    internal Buffer<int> TokenBuffer { get; }

    /// <summary>Rows of <see cref="OutputRows"/> among those active now.</summary>
    internal Buffer<int> OutputRowBuffer => Phases.Current.OutputRows;

    internal Buffer<int> OutputIndexBuffer { get; }

    /// <summary>Forgets the last step.</summary>
    public void Clear()
    {
        (Rows, OutputCount, BoundaryBefore) = (0, 0, null);
        Phases.Clear();
        _segments.Clear();
        _groups.Clear();
        _images.Clear();
        Taps.Clear();
        Scores.Clear();
    }

    /// <summary>
    /// Adds the next <paramref name="rows"/> tokens of a sequence that has <paramref name="cached"/> tokens in its KV cache, for all
    /// blocks. Positions follow on. Every row must then be given a token or image features.
    /// </summary>
    /// <returns>The first row of the segment.</returns>
    public int AddSegment(IKvPages pages, int rows, int cached) => AddSegment(pages, rows, [new LayerGroup(0, Layers, cached, cached)]);

    /// <summary>
    /// Adds rows that go through the given blocks, which follow on one another. Rows that end before the last block and have no boundary
    /// rows end there for good: what is wanted of them is read on the way.
    /// </summary>
    /// <returns>The first row of the segment.</returns>
    public int AddSegment(IKvPages pages, int rows, ReadOnlySpan<LayerGroup> groups)
    {
        var first = Rows;
        _segmentOfRow.AsSpan(first, rows).Fill(_segments.Count);
        _tokens.AsSpan(first, rows).Fill(-1);
        _boundaryRows.AsSpan(first, rows).Fill(-1);
        for (var i = 0; i < rows; i++)
        {
            _offsets[first + i] = i;
        }

        _segments.Add(new StepSegment(pages, first, rows, _groups.Count, groups.Length));
        _groups.AddRange(groups);
        Rows += rows;
        return first;
    }

    /// <summary>The embedding of a row is that of a token.</summary>
    public void SetToken(int row, int token) => _tokens[row] = token;

    /// <summary>The embeddings of consecutive rows are those of an encoded image. features: [rows, width].</summary>
    public void SetImage(int firstRow, Matrix features) => _images.Add(new ImageRowRun(firstRow, features));

    /// <summary>Positions of a segment's first rows, counted from its group's <see cref="LayerGroup.Position"/>.</summary>
    public void SetPositions(int firstRow, ReadOnlySpan<int> offsets) => offsets.CopyTo(_offsets.AsSpan(firstRow));

    /// <summary>Where consecutive rows wait before their first block, or after their last.</summary>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="boundary">[boundary rows, width], the same for all rows of a step.</param>
    /// <param name="boundaryRows">A boundary row for each row.</param>
    /// <param name="before">
    /// As large as <paramref name="boundary"/>, the same for all rows of a step: also keeps the rows as their last block found them.
    /// </param>
    public void SetBoundary(int firstRow, Matrix boundary, ReadOnlySpan<int> boundaryRows, Matrix? before = null)
    {
        Boundary = boundary;
        BoundaryBefore = before ?? BoundaryBefore;
        boundaryRows.CopyTo(_boundaryRows.AsSpan(firstRow));
    }

    /// <summary>Asks for the logits of a row.</summary>
    /// <returns>Index of the row among the outputs.</returns>
    public int RequestOutput(int row)
    {
        _outputRows[OutputCount] = row;
        return OutputCount++;
    }

    /// <summary>Asks for the logits of intermediate layers at a row; see <see cref="LensPlan"/>.</summary>
    /// <returns>Number of the lens, for <see cref="FirstLensRow"/>.</returns>
    public int RequestLens(int row, LensPlan plan, LensCarry? carry = null) => Taps.Add(row, plan, carry);

    /// <summary>Asks for the scores of probes at a row whose layers all run in this step.</summary>
    /// <returns>The first of them in <see cref="ScoreBuffer"/>.</returns>
    public int RequestScores(int row, ProbePlan plan) => Scores.Add(row, plan);

    /// <summary>The row of <see cref="Decoder.Forward"/>'s result at which a lens begins; valid once the batch is complete.</summary>
    public int FirstLensRow(int lens) => OutputCount + Taps.FirstRow(lens);

    /// <summary>
    /// For observers: the row of the hidden states at hand that belongs to a row of the batch, or -1 where the row is not active.
    /// </summary>
    public int RowOf(int row) => RowIn(Phases.Current, row);

    internal int RowIn(StepPhase phase, int row)
    {
        var segment = _segmentOfRow[row];
        var first = phase.FirstRow(segment);
        return first < 0 ? -1 : first + row - _segments[segment].FirstRow;
    }

    /// <summary>
    /// The active row that hidden[<paramref name="layer"/>] of a row of the batch is found in when it has been computed, or -1 where this
    /// step does not.
    /// </summary>
    internal int RowAt(int layer, int row) => Phases.Of(layer) is { } phase ? RowIn(phase, row) : -1;

    internal ReadOnlySpan<LayerGroup> Groups(int segment) =>
        CollectionsMarshal.AsSpan(_groups).Slice(_segments[segment].FirstGroup, _segments[segment].Groups);

    internal int PositionOffset(int row) => _offsets[row];

    internal int BoundaryRow(int row) => _boundaryRows[row];

    /// <summary>Takes the products of hidden[<paramref name="layer"/>] with probe vectors.</summary>
    internal void Score(int layer, Matrix hidden)
    {
        if (_probes is not null)
        {
            Scores.Run(layer, hidden, _probes.Rows);
        }
    }

    /// <summary>Hands the step to the backend.</summary>
    internal void Upload()
    {
        Phases.Fill(this, _groups);
        Taps.Upload(this);
        Scores.Upload(this);
        Phases.Upload(this);
        for (var row = 0; row < Rows; row++)
        {
            if (RowOf(row) is >= 0 and var active)
            {
                _phaseTokens[active] = _tokens[row];
            }
        }

        _backend.Upload(_phaseTokens.AsSpan(0, Phases.Current.Rows), TokenBuffer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TokenBuffer.Dispose();
        OutputIndexBuffer.Dispose();
        Phases.Dispose();
        Taps.Dispose();
        Scores.Dispose();
    }
}
