using Inference.Models.Imaging;

namespace Inference.Models.Vision;

/// <summary>
/// How the projected rows of an image's tiles become the rows that stand in the prompt. Rows are named by their index in
/// [tiles × rows per tile]; the row after the last is the newline embedding.
/// </summary>
internal static class TilePacking
{
    /// <summary>
    /// LLaVA-NeXT's "spatial_unpad": the whole image's rows, then the tiles' rows as one picture in raster order without the lines that are
    /// padding only, each line closed by the newline embedding (transformers' pack_image_features and unpad_image).
    /// </summary>
    /// <returns>For each prompt row the row it comes from.</returns>
    public static int[] AnyResolution(ImagePlan plan, int side)
    {
        int rowsPerTile = side * side, height = plan.Grid.Rows * side, width = plan.Grid.Columns * side;
        var (top, left) = Padding(plan.OriginalSize, height, width);
        int lines = height - (2 * top), columns = width - (2 * left);
        var newline = plan.Tiles * rowsPerTile;
        var rows = new int[rowsPerTile + (lines * (columns + 1))];
        var next = 0;
        for (; next < rowsPerTile; next++)
        {
            rows[next] = next;
        }

        for (var y = top; y < height - top; y++)
        {
            for (var x = left; x < width - left; x++)
            {
                var tile = 1 + (y / side * plan.Grid.Columns) + (x / side);
                rows[next++] = (tile * rowsPerTile) + (y % side * side) + (x % side);
            }

            rows[next++] = newline;
        }

        return rows;
    }

    /// <summary>Lines at the top and columns at the left, and as many at the other end, that hold padding only.</summary>
    private static (int Top, int Left) Padding((int Height, int Width) original, int height, int width)
    {
        if ((double)original.Width / original.Height > (double)width / height)
        {
            var filled = (int)Math.Round(original.Height * ((double)width / original.Width), 7);
            return ((height - filled) / 2, 0);
        }
        else
        {
            var filled = (int)Math.Round(original.Width * ((double)height / original.Height), 7);
            return (0, (width - filled) / 2);
        }
    }
}
