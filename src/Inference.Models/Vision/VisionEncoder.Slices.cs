using Inference.Compute;

namespace Inference.Models.Vision;

/// <content>
/// A block takes six slices for each tile of the group, about as long as each other: queries, keys and values; attention; the feed-forward
/// network for a quarter of a tile's tokens at a time. The projector goes by quarters of a tile too. Rows are multiplied by themselves and
/// attend within their tile, so neither the tiles that go together nor the slices that run at once change a bit.
/// </content>
public sealed partial class VisionEncoder
{
    private const int RowSlices = 4;

    /// <summary>
    /// Runs up to <paramref name="slices"/> slices, of as many tiles together as there is room for, and stops where those are encoded.
    /// </summary>
    /// <param name="runs">
    /// Images, the first of which go first. Those under way must be among them until they have <see cref="VisionRun.Features"/>.
    /// </param>
    /// <param name="slices">Most slices, above 0.</param>
    /// <returns>Slices that ran: 0 where every image is encoded.</returns>
    public int Advance(IReadOnlyList<VisionRun> runs, int slices)
    {
        if (_group.Count == 0)
        {
            _group.Fill(runs);
        }

        var done = 0;
        while (done < slices && _group.Count > 0)
        {
            done += RunSlices(slices - done);
            if (_group.Layer > _tower.Layers)
            {
                EndGroup();
            }
        }

        return done;
    }

    /// <summary>Forgets the tiles under way: nobody waits for their images any more, or those begin these tiles anew.</summary>
    public void Abandon() => _group.Clear();

    // Runs what is next, up to so many slices of it, and says how many those were.
    private int RunSlices(int most)
    {
        var tiles = _group.Count;
        if (_group.Layer == _tower.Layers)
        {
            var slices = Math.Min(most, RowSlices - (_group.Slice % RowSlices));
            Project(_group.Slice / RowSlices, _group.Slice % RowSlices, slices);
            return Done(slices, RowSlices * tiles);
        }

        var ran = _group.Slice < tiles ? Look(_group.Slice, Math.Min(most, tiles - _group.Slice))
            : _group.Slice < 2 * tiles ? Attend(_group.Slice - tiles, Math.Min(most, (2 * tiles) - _group.Slice))
            : FeedForward(_group.Slice - (2 * tiles), Math.Min(most, ((2 + RowSlices) * tiles) - _group.Slice));
        return Done(ran, (2 + RowSlices) * tiles);
    }

    private int Done(int ran, int slices)
    {
        _group.Advance(ran, slices);
        return ran;
    }

    private int Look(int first, int tiles)
    {
        for (var i = first; i < first + tiles; i++)
        {
            if (_group.Layer == 0)
            {
                Embed(i);
            }

            ReadAttention(i);
        }

        _tower.Look(_group.Layer, Tiles(_hidden, first, tiles), Tiles(_wide, first, tiles), _workspace);
        return tiles;
    }

    private int Attend(int first, int tiles)
    {
        _tower.Attend(_group.Layer, Tiles(_hidden, first, tiles), Tiles(_wide, first, tiles), _workspace);
        return tiles;
    }

    private int FeedForward(int first, int slices)
    {
        var all = RowSlices * _group.Count;
        _tower.FeedForward(_group.Layer, Part(Tiles(_hidden, 0, _group.Count), first, slices, all), _wide, _workspace);
        if (first + slices == all)
        {
            CollectFeatures(_group.Layer + 1, 0, _group.Count);
        }

        return slices;
    }

    private void Project(int index, int first, int slices)
    {
        var (run, tile) = _group[index];
        var projected = run.Projected.RowRange(tile * RowsPerTile, RowsPerTile);
        _projector.Forward(Part(SelectedRows(index), first, slices, RowSlices), Part(projected, first, slices, RowSlices), _workspace);
    }

    private void EndGroup()
    {
        for (var i = 0; i < _group.Count; i++)
        {
            var run = _group[i].Run;
            run.TilesDone++;
            if (run.TilesDone == run.Pixels.Tiles)
            {
                run.Features = Pack(run);
            }
        }

        _group.Clear();
    }

    private Matrix Tiles(Matrix rows, int first, int tiles) => rows.RowRange(first * Shape.Tokens, tiles * Shape.Tokens);

    // The rows of a tile that the projector reads.
    private Matrix SelectedRows(int index) => _features.RowRange((index * Shape.Tokens) + Shape.Tokens - RowsPerTile, RowsPerTile);

    // The rows that so many slices from one on work on.
    private static Matrix Part(Matrix rows, int slice, int slices, int all)
    {
        var first = (int)((long)rows.Rows * slice / all);
        return rows.RowRange(first, (int)((long)rows.Rows * (slice + slices) / all) - first);
    }
}
