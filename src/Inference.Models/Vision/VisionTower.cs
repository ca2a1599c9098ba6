using Inference.Compute;

namespace Inference.Models.Vision;

/// <summary>
/// A CLIP or SigLIP vision transformer up to the last layer whose features are used: patches, optional class token, learned positions,
/// pre-norm blocks with full attention inside a tile. The caller decides which tiles and which parts of blocks go together.
/// </summary>
internal sealed partial class VisionTower : IDisposable
{
    // Beyond, a row takes as long with others as without: tiles of 577 tokens go one by one, those of 65 by sevens.
    private const int RowsAtOnce = 512;

    private readonly IBackend _backend;
    private readonly VisionLayer[] _layers;
    private readonly Linear _patchEmbedding;
    private readonly Matrix? _classToken;
    private readonly Matrix _positions;
    private readonly LayerNormWeights? _preNorm;
    private readonly KvPool _kv;
    private readonly Buffer<AttentionSegment> _segments;
    private readonly Buffer<int> _pages;
    private readonly float _scale;

    /// <param name="backend">Runs the operations.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="patchEmbedding">The patch convolution as a matrix [width, 3 × side²].</param>
    /// <param name="classToken">[1, width], or null without one.</param>
    /// <param name="positions">[tokens, width].</param>
    /// <param name="preNorm">CLIP's norm before the first block, or null.</param>
    /// <param name="layers">Blocks up to the last feature layer.</param>
    public VisionTower(
        IBackend backend, VisionShape shape, Linear patchEmbedding, Matrix? classToken, Matrix positions, LayerNormWeights? preNorm,
        VisionLayer[] layers)
    {
        (_backend, Shape, _patchEmbedding, _classToken, _positions, _preNorm, _layers) =
            (backend, shape, patchEmbedding, classToken, positions, preNorm, layers);
        _scale = 1f / MathF.Sqrt(shape.HeadDim);
        var pagesOfTile = (shape.Tokens + KvGeometry.PageSize - 1) / KvGeometry.PageSize;
        var pages = TilesAtOnce * pagesOfTile;
        _kv = backend.CreateKvPool(new KvGeometry(shape.Heads, shape.HeadDim), pages);
        _pages = backend.Allocate<int>(pages);
        backend.Upload<int>([.. Enumerable.Range(0, pages)], _pages);
        _segments = backend.Allocate<AttentionSegment>(TilesAtOnce);
        var segments = Enumerable.Range(0, TilesAtOnce).Select(
            tile => new AttentionSegment(tile * shape.Tokens, shape.Tokens, tile * pagesOfTile, shape.Tokens, Causal: 0));
        backend.Upload<AttentionSegment>([.. segments], _segments);
    }

    public VisionShape Shape { get; }

    /// <summary>Most tiles that a part of a block is run for.</summary>
    public int TilesAtOnce => Math.Max(1, RowsAtOnce / Shape.Tokens);

    /// <summary>Blocks loaded.</summary>
    public int Layers => _layers.Length;

    /// <summary>Bytes of packed weights.</summary>
    public long WeightBytes => _patchEmbedding.Weight.Bytes
        + _layers.Sum(
            layer => layer.QueryKeyValue.Weight.Bytes + layer.Output.Weight.Bytes + layer.Up.Weight.Bytes + layer.Down.Weight.Bytes);

    /// <summary>Columns of the matrix that a block's parts share.</summary>
    public int WideColumns => Math.Max(3 * Shape.Width, Shape.Intermediate);

    /// <summary>Elements of workspace that one part of a block needs.</summary>
    public long WorkspaceLength => Workspace.Footprint(TilesAtOnce * Shape.Tokens, Shape.Width);

    /// <summary>hidden[0] of a tile. patches: [patches, 3 × side²] in the order channel, row, column; hidden: [tokens, width].</summary>
    public void Embed(Matrix patches, Matrix hidden)
    {
        var first = Shape.ClassToken ? 1 : 0;
        _backend.MatMul(patches, _patchEmbedding.Weight, hidden.RowRange(first, Shape.Patches), _patchEmbedding.Bias);
        if (_classToken is { } classToken)
        {
            _backend.Copy(classToken, hidden.RowRange(0, 1));
        }

        _backend.Add(_positions, hidden);
        if (_preNorm is not null)
        {
            _backend.LayerNorm(hidden, _preNorm.Weight, _preNorm.Bias, Shape.NormEpsilon, hidden);
        }
    }

    /// <summary>Queries, keys and values of block <paramref name="index"/>. hidden: [tiles × tokens, width]; wide: [tiles × tokens,
    /// <see cref="WideColumns"/>], kept for <see cref="Attend"/> of the same tiles.</summary>
    public void Look(int index, Matrix hidden, Matrix wide, Workspace workspace)
    {
        var layer = _layers[index];
        var mark = workspace.Mark;
        var normed = workspace.Take(hidden.Rows, Shape.Width);
        _backend.LayerNorm(hidden, layer.AttentionNorm.Weight, layer.AttentionNorm.Bias, Shape.NormEpsilon, normed);
        _backend.MatMul(normed, layer.QueryKeyValue.Weight, wide.ColumnRange(0, 3 * Shape.Width), layer.QueryKeyValue.Bias);
        workspace.Release(mark);
    }

    /// <summary>
    /// Attention of block <paramref name="index"/> after <see cref="Look"/>, within each tile, added to hidden: [tiles × tokens, width].
    /// </summary>
    public void Attend(int index, Matrix hidden, Matrix wide, Workspace workspace)
    {
        var layer = _layers[index];
        var mark = workspace.Mark;
        var tiles = hidden.Rows / Shape.Tokens;
        _backend.WriteKv(
            wide.ColumnRange(Shape.Width, Shape.Width), wide.ColumnRange(2 * Shape.Width, Shape.Width), _kv, _segments, tiles, _pages, 0);
        var attended = workspace.Take(hidden.Rows, Shape.Width);
        _backend.Attention(wide.ColumnRange(0, Shape.Width), _kv, _segments, tiles, _pages, 0, _scale, attended);
        _backend.MatMulAdd(attended, layer.Output.Weight, hidden, layer.Output.Bias);
        workspace.Release(mark);
    }

    /// <summary>
    /// The feed-forward network of block <paramref name="index"/> for some tokens, each of which stands for itself, added to hidden: [some
    /// tokens, width]. wide: at least [the same tokens, intermediate width].
    /// </summary>
    public void FeedForward(int index, Matrix hidden, Matrix wide, Workspace workspace)
    {
        var layer = _layers[index];
        var mark = workspace.Mark;
        var normed = workspace.Take(hidden.Rows, Shape.Width);
        var inner = new Matrix(wide.Buffer, wide.Offset, hidden.Rows, Shape.Intermediate, Shape.Intermediate);
        _backend.LayerNorm(hidden, layer.FeedForwardNorm.Weight, layer.FeedForwardNorm.Bias, Shape.NormEpsilon, normed);
        _backend.MatMul(normed, layer.Up.Weight, inner, layer.Up.Bias);
        _backend.Activate(inner, Shape.Activation);
        _backend.MatMulAdd(inner, layer.Down.Weight, hidden, layer.Down.Bias);
        workspace.Release(mark);
    }

    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }

        _patchEmbedding.Dispose();
        _classToken?.Buffer.Dispose();
        _positions.Buffer.Dispose();
        _preNorm?.Dispose();
        _kv.Dispose();
        _segments.Dispose();
        _pages.Dispose();
    }
}
