namespace Inference.Models.Vision;

/// <summary>Tiles, of one image or of several, that go through the tower together, and how far they have come.</summary>
/// <param name="capacity">Most tiles.</param>
internal sealed class TileGroup(int capacity)
{
    private readonly List<(VisionRun Run, int Tile)> _tiles = new(capacity);

    /// <summary>Tiles under way.</summary>
    public int Count => _tiles.Count;

    /// <summary>The block that is at work, or the number of blocks where the projector is.</summary>
    public int Layer { get; private set; }

    /// <summary>Slices of it that are done.</summary>
    public int Slice { get; private set; }

    /// <summary>Tile <paramref name="index"/> of the group: of which image, and which of its tiles.</summary>
    public (VisionRun Run, int Tile) this[int index] => _tiles[index];

    /// <summary>Takes the next tiles of <paramref name="runs"/>, in their order, while there is room.</summary>
    public void Fill(IReadOnlyList<VisionRun> runs)
    {
        Clear();
        foreach (var run in runs)
        {
            for (var tile = run.TilesDone; tile < run.Pixels.Tiles && _tiles.Count < capacity; tile++)
            {
                _tiles.Add((run, tile));
            }
        }
    }

    /// <summary>So many slices more are done, of <paramref name="slices"/> that the layer has.</summary>
    public void Advance(int done, int slices)
    {
        Slice += done;
        if (Slice == slices)
        {
            (Layer, Slice) = (Layer + 1, 0);
        }
    }

    /// <summary>Lets go of its tiles.</summary>
    public void Clear()
    {
        _tiles.Clear();
        (Layer, Slice) = (0, 0);
    }
}
