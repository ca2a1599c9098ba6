using Inference.Compute;

namespace Inference.Models.Vision;

/// <content>
/// A block in six slices that take about as long each: queries, keys and values; attention; the feed-forward network for a quarter of the tokens at a time. The
/// projector goes by quarters too. Rows are multiplied by themselves, so how many slices run at once changes no bit.
/// </content>
public sealed partial class VisionEncoder
{
    private const int AttentionSlices = 2;
    private const int RowSlices = 4;

    /// <summary>Runs up to <paramref name="slices"/> slices of <paramref name="run"/>.</summary>
    /// <returns>Whether the image is encoded: <see cref="VisionRun.Features"/> is set.</returns>
    public bool Advance(VisionRun run, int slices)
    {
        while (slices > 0 && run.Tile < run.Pixels.Tiles)
        {
            slices -= RunSlices(run, slices);
        }

        if (run.Features is null && run.Tile == run.Pixels.Tiles)
        {
            run.Features = Pack(run);
        }

        return run.Features is not null;
    }

    // Runs what is next, up to so many slices of it, and says how many those were.
    private int RunSlices(VisionRun run, int most)
    {
        if (run.NextLayer < 0)
        {
            EmbedTile(run);
        }

        if (run.NextLayer == _tower.Layers)
        {
            return ProjectTile(run, most);
        }

        if (run.Slice >= AttentionSlices)
        {
            return FeedForward(run, most);
        }

        if (run.Slice == 0)
        {
            ReadAttention(run);
            _tower.Look(run.NextLayer, _hidden, _wide, _workspace);
        }
        else
        {
            _tower.Attend(run.NextLayer, _hidden, _wide, _workspace);
        }

        run.Slice++;
        return 1;
    }

    private int FeedForward(VisionRun run, int most)
    {
        var first = run.Slice - AttentionSlices;
        var slices = Math.Min(most, RowSlices - first);
        _tower.FeedForward(run.NextLayer, Part(_hidden, first, slices), _wide, _workspace);
        run.Slice += slices;
        if (first + slices == RowSlices)
        {
            (run.NextLayer, run.Slice) = (run.NextLayer + 1, 0);
            CollectFeatures(run.NextLayer);
        }

        return slices;
    }

    private int ProjectTile(VisionRun run, int most)
    {
        var slices = Math.Min(most, RowSlices - run.Slice);
        var selected = _selection.DropFirstRow ? _features.RowRange(1, RowsPerTile) : _features;
        var projected = run.Projected.RowRange(run.Tile * RowsPerTile, RowsPerTile);
        _projector.Forward(Part(selected, run.Slice, slices), Part(projected, run.Slice, slices), _workspace);
        run.Slice += slices;
        if (run.Slice == RowSlices)
        {
            (run.Tile, run.NextLayer, run.Slice) = (run.Tile + 1, -1, 0);
        }

        return slices;
    }

    // The rows that so many slices from one on work on.
    private static Matrix Part(Matrix rows, int slice, int slices)
    {
        var first = rows.Rows * slice / RowSlices;
        return rows.RowRange(first, (rows.Rows * (slice + slices) / RowSlices) - first);
    }
}
