using Inference.Compute;
using Inference.Models.Imaging;

namespace Inference.Models.Vision;

/// <summary>
/// Pixels to prompt rows: tower, feature selection, projector, and for LLaVA-NeXT the packing of tiles. Works in slices, so that a step
/// loop can put decode steps between them. Tiles of one image or of several go together while their rows make products faster.
/// </summary>
public sealed partial class VisionEncoder : IDisposable
{
    private readonly IBackend _backend;
    private readonly VisionTower _tower;
    private readonly Projector _projector;
    private readonly FeatureSelection _selection;
    private readonly Matrix? _newline;
    private readonly Workspace _workspace;
    private readonly Matrix _patches;
    private readonly Matrix _hidden;
    private readonly Matrix _wide;
    private readonly Matrix _features;
    private readonly float[] _unfolded;
    private readonly TileGroup _group;

    internal VisionEncoder(IBackend backend, VisionTower tower, FeatureSelection selection, Projector projector, Matrix? newline)
    {
        (_backend, _tower, _selection, _projector, _newline) = (backend, tower, selection, projector, newline);
        var shape = tower.Shape;
        var featureWidth = shape.Width * selection.Layers.Count;
        _group = new TileGroup(tower.TilesAtOnce);
        var rows = tower.TilesAtOnce * shape.Tokens;
        _workspace = new Workspace(
            backend,
            Workspace.Footprint(shape.Patches, shape.PatchLength) + Workspace.Footprint(rows, shape.Width)
            + Workspace.Footprint(rows, tower.WideColumns) + Workspace.Footprint(rows, featureWidth)
            + Math.Max(Math.Max(tower.WorkspaceLength, tower.AttentionWorkspaceLength), projector.WorkspaceLength(shape.Tokens)));
        _patches = _workspace.Take(shape.Patches, shape.PatchLength);
        _hidden = _workspace.Take(rows, shape.Width);
        _wide = _workspace.Take(rows, tower.WideColumns);
        _features = _workspace.Take(rows, featureWidth);
        _unfolded = new float[shape.Patches * shape.PatchLength];
    }

    /// <summary>Sizes of the tower.</summary>
    public VisionShape Shape => _tower.Shape;

    /// <summary>Bytes of packed weights.</summary>
    public long WeightBytes => _tower.WeightBytes + _projector.WeightBytes;

    /// <summary>Tiles that go together.</summary>
    public int TilesAtOnce => _tower.TilesAtOnce;

    private int LeadingRows => Shape.ClassToken && !_selection.DropFirstRow ? 1 : 0;

    private int RowsPerTile => Shape.Tokens - (_selection.DropFirstRow ? 1 : 0);

    /// <summary>Rows that an image will have in the prompt; known from its header alone.</summary>
    public int CountRows(ImagePlan plan, ImageReduction? reduction = null) => reduction switch
    {
        null => PackedRows(plan, (Shape.PatchesPerSide, Shape.PatchesPerSide)),
        _ when PooledGrid(reduction) is { } grid => PackedRows(plan, grid),
        _ => RowReducer.Count(reduction, CountRows(plan)),
    };

    /// <summary>Begins to encode an image.</summary>
    public VisionRun Begin(PixelValues pixels, ImagePlan plan, ImageReduction? reduction = null)
    {
        if (pixels.Height != Shape.ImageSize || pixels.Width != Shape.ImageSize)
        {
            throw new ArgumentException(
                $"The tower takes tiles of {Shape.ImageSize} x {Shape.ImageSize} pixels; these are {pixels.Width} x {pixels.Height}.");
        }

        var rows = (pixels.Tiles * RowsPerTile) + (_newline is null ? 0 : 1);
        return new VisionRun(pixels, plan, reduction, _backend.Allocate<float>((long)rows * _projector.Width), rows, _projector.Width)
        {
            Attention = reduction is { Method.NeedsAttention: true } ? new float[rows] : null,
        };
    }

    /// <summary>Encodes an image in one go, behind those that are under way.</summary>
    public ImageFeatures Encode(PixelValues pixels, ImagePlan plan, ImageReduction? reduction = null)
    {
        using var run = Begin(pixels, plan, reduction);
        while (run.Features is null)
        {
            Advance([run], int.MaxValue);
        }

        return run.Features;
    }

    private void Embed(int index)
    {
        var (run, tile) = _group[index];
        var size = 3 * Shape.ImageSize * Shape.ImageSize;
        Patches.Unfold(run.Pixels.Data.AsSpan(tile * size, size), Shape, _unfolded);
        _backend.Upload<float>(_unfolded, _patches.Buffer, _patches.Offset);
        _tower.Embed(_patches, Tiles(_hidden, index, 1));
        CollectFeatures(0, index, 1);
    }

    // What the projector reads of hidden state `layer`.
    private void CollectFeatures(int layer, int first, int tiles)
    {
        for (var i = 0; i < _selection.Layers.Count; i++)
        {
            if (_selection.Layers[i] == layer)
            {
                _backend.Copy(Tiles(_hidden, first, tiles), Tiles(_features, first, tiles).ColumnRange(i * Shape.Width, Shape.Width));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tower.Dispose();
        _projector.Dispose();
        _newline?.Buffer.Dispose();
        _workspace.Dispose();
    }
}
