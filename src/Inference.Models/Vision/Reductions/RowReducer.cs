using System.Runtime.InteropServices;
using Inference.Compute;

namespace Inference.Models.Vision;

/// <summary>Applies a reduction to the rows of an encoded image.</summary>
internal static class RowReducer
{
    /// <summary>Rows to choose out of <paramref name="rows"/>.</summary>
    public static int Count(ImageReduction reduction, int rows) => Math.Max(1, (int)(rows * reduction.Keep));

    /// <summary>Chooses rows.</summary>
    /// <param name="backend">Runs the operations.</param>
    /// <param name="reduction">One that chooses.</param>
    /// <param name="rows">The image's rows.</param>
    /// <param name="attention">Attention of each row, or nothing.</param>
    /// <param name="owned">What is given back afterwards, or null.</param>
    public static ImageFeatures Select(IBackend backend, ImageReduction reduction, Matrix rows, float[] attention, ImageFeatures? owned)
    {
        using var cosine = new CosineSimilarity(backend, rows);
        var count = Count(reduction, rows.Rows);
        int[] kept = count == rows.Rows
            ? [.. Enumerable.Range(0, count)]
            : reduction.Method.Select(new EncodedRows(rows.Rows, attention, cosine.Fill), count);
        var chosen = new ImageFeatures(backend.Allocate<float>((long)kept.Length * rows.Columns), kept.Length, rows.Columns)
        {
            KeptRows = kept,
        };
        using var from = backend.Allocate<int>(kept.Length);
        using var to = backend.Allocate<int>(kept.Length);
        backend.Upload<int>(kept, from);
        backend.Upload<int>([.. Enumerable.Range(0, kept.Length)], to);
        backend.CopyRows(rows, from, chosen.Rows, to, kept.Length);
        backend.Synchronize();
        owned?.Dispose();
        return chosen;
    }

    /// <summary>Averages every tile's grid. The result has one row more where the source has a newline embedding.</summary>
    /// <param name="backend">Runs the operations.</param>
    /// <param name="projected">[tiles × rows per tile (+ 1)]</param>
    /// <param name="tiles">Tiles.</param>
    /// <param name="side">Patches along a side of a tile.</param>
    /// <param name="leading">Rows of a tile in front of its patches, kept as they are.</param>
    /// <param name="size">Rows and columns of a tile's averaged grid.</param>
    public static ImageFeatures Pool(IBackend backend, Matrix projected, int tiles, int side, int leading, (int Height, int Width) size)
    {
        var (before, after) = (leading + (side * side), leading + (size.Height * size.Width));
        var trailing = projected.Rows - (tiles * before);
        var rows = (tiles * after) + trailing;
        var terms = new List<RowTerm>();
        for (var tile = 0; tile < tiles; tile++)
        {
            AddCopies(tile * before, tile * after, leading, terms);
            GridResize.AddTerms(side, size, (tile * before) + leading, (tile * after) + leading, terms);
        }

        AddCopies(tiles * before, tiles * after, trailing, terms);
        var pooled = new ImageFeatures(backend.Allocate<float>((long)rows * projected.Columns), rows, projected.Columns);
        using var list = backend.Allocate<RowTerm>(terms.Count);
        backend.Upload<RowTerm>(CollectionsMarshal.AsSpan(terms), list);
        backend.CombineRows(projected, list, 0, terms.Count, pooled.Rows);
        backend.Synchronize();
        return pooled;
    }

    private static void AddCopies(int source, int destination, int count, List<RowTerm> terms)
    {
        for (var i = 0; i < count; i++)
        {
            terms.Add(new RowTerm(source + i, destination + i, 1, 0));
        }
    }
}
