using Inference.Compute;
using Inference.Models.Imaging;

namespace Inference.Models.Vision;

/// <content>From projected rows of tiles to the rows of the prompt, all or fewer of them.</content>
public sealed partial class VisionEncoder
{
    /// <summary>
    /// The part of the image that each row stands for, of all rows that the encoder gives; of the averaged ones where a reduction averages.
    /// </summary>
    public IReadOnlyList<PatchArea> Areas(ImagePlan plan, ImageReduction? reduction = null)
    {
        var grid = (reduction is null ? null : PooledGrid(reduction)) ?? (Shape.PatchesPerSide, Shape.PatchesPerSide);
        var rowsPerTile = RowsPerTile - Shape.Patches + (grid.Height * grid.Width);
        var rows = _newline is null ? [.. Enumerable.Range(0, plan.Tiles * rowsPerTile)] : TilePacking.AnyResolution(plan, grid.Height);
        return [.. rows.Select(row => AreaOf(plan, grid, row / rowsPerTile, (row % rowsPerTile) - LeadingRows))];
    }

    // Pixels that fill no whole patch are seen by none.
    private PatchArea AreaOf(ImagePlan plan, (int Height, int Width) grid, int tile, int cell)
    {
        if (tile >= plan.Tiles || cell < 0)
        {
            return default;
        }

        var seen = (double)(Shape.PatchesPerSide * Shape.PatchSize) / Shape.ImageSize;
        var (down, across) = Math.DivRem(cell, grid.Width);
        double x1 = seen * across / grid.Width, x2 = seen * (across + 1) / grid.Width, y1 = seen * down / grid.Height,
            y2 = seen * (down + 1) / grid.Height;
        if (tile == 0)
        {
            return PatchArea.OfView(plan, x1, y1, x2, y2);
        }

        var (tileRow, tileColumn) = Math.DivRem(tile - 1, plan.Grid.Columns);
        return PatchArea.OfTiles(plan, tileColumn + x1, tileRow + y1, tileColumn + x2, tileRow + y2);
    }

    private (int Height, int Width)? PooledGrid(ImageReduction reduction) =>
        reduction.Method.Grid(Shape.PatchesPerSide, reduction.Keep, square: _newline is not null);

    // LLaVA-NeXT lays tiles beside each other, whose grids are square.
    private int PackedRows(ImagePlan plan, (int Height, int Width) grid) => _newline is null
        ? plan.Tiles * (RowsPerTile - Shape.Patches + (grid.Height * grid.Width))
        : TilePacking.AnyResolution(plan, grid.Height).Length;

    // The attention of the last block that runs, whose output the projector reads.
    private void ReadAttention(int index)
    {
        var (run, tile) = _group[index];
        if (run.Attention is { } attention && _group.Layer == _tower.Layers - 1)
        {
            var scores = new float[Shape.Tokens];
            _tower.AttentionReceived(_group.Layer, Tiles(_hidden, index, 1), _workspace, scores);
            scores.AsSpan(Shape.Tokens - RowsPerTile).CopyTo(attention.AsSpan(tile * RowsPerTile));
        }
    }

    private ImageFeatures Pack(VisionRun run)
    {
        if (_newline is { } newline)
        {
            _backend.Copy(newline, run.Projected.RowRange(run.Projected.Rows - 1, 1));
        }

        if (run.Reduction is { } pooling && PooledGrid(pooling) is { } grid)
        {
            var pooled = RowReducer.Pool(_backend, run.Projected, run.Pixels.Tiles, Shape.PatchesPerSide, LeadingRows, grid);
            return _newline is null ? pooled : Gather(pooled, TilePacking.AnyResolution(run.Plan, grid.Height), ownsSource: true);
        }

        var packing = _newline is null ? null : TilePacking.AnyResolution(run.Plan, Shape.PatchesPerSide);
        var whole = new ImageFeatures(run.Projected.Buffer, run.Projected.Rows, _projector.Width);
        if (packing is not null)
        {
            whole = Gather(whole, packing, ownsSource: false);
        }

        if (run.Reduction is not { } reduction)
        {
            return whole;
        }

        var attention = run.Attention is not { } scores ? [] : packing is null ? scores : [.. packing.Select(row => scores[row])];
        // The run goes on owning what it has projected.
        return RowReducer.Select(_backend, reduction, whole.Rows, attention, owned: packing is null ? null : whole);
    }

    private ImageFeatures Gather(ImageFeatures source, int[] packing, bool ownsSource)
    {
        var packed = new ImageFeatures(_backend.Allocate<float>((long)packing.Length * _projector.Width), packing.Length, _projector.Width);
        using var from = _backend.Allocate<int>(packing.Length);
        using var to = _backend.Allocate<int>(packing.Length);
        _backend.Upload<int>(packing, from);
        _backend.Upload<int>([.. Enumerable.Range(0, packing.Length)], to);
        _backend.CopyRows(source.Rows, from, packed.Rows, to, packing.Length);
        _backend.Synchronize();
        if (ownsSource)
        {
            source.Dispose();
        }

        return packed;
    }
}
