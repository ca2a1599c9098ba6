using Inference.Compute;

namespace Inference.Models.Vision;

/// <summary>
/// A coarser picture: the grid of projected rows averaged over equal areas. The honest baseline of every method that chooses rows.
/// </summary>
internal sealed class GridResize : RowReduction
{
    public override string Name => "resize";

    public override string Summary =>
        "Averages the grid of rows over equal areas to a coarser grid of no more than that share: a baseline.";

    public override string Paper => "baseline";

    // As square as the budget allows; what is lost to rounding down in height goes to the width.
    internal override (int Height, int Width)? Grid(int side, double keep, bool square)
    {
        var height = Math.Clamp((int)Math.Floor((side * Math.Sqrt(keep)) + 1e-9), 1, side);
        return (height, square ? height : Math.Clamp((int)((side * side * keep) + 1e-9) / height, 1, side));
    }

    /// <summary>
    /// The sums that average a grid of side × side rows over areas of equal size; a row on a border counts with the part of it that is
    /// inside.
    /// </summary>
    /// <param name="side">Rows and columns of the source.</param>
    /// <param name="size">Rows and columns of the destination.</param>
    /// <param name="source">First row of the source.</param>
    /// <param name="destination">First row of the destination.</param>
    /// <param name="terms">Receives the sums.</param>
    public static void AddTerms(int side, (int Height, int Width) size, int source, int destination, List<RowTerm> terms)
    {
        for (var cell = 0; cell < size.Height * size.Width; cell++)
        {
            var (down, across) = Math.DivRem(cell, size.Width);
            var adds = 0;
            for (var y = down * side / size.Height; y < side && y * size.Height < (down + 1) * side; y++)
            {
                for (var x = across * side / size.Width; x < side && x * size.Width < (across + 1) * side; x++)
                {
                    var weight = Share(y, down, side, size.Height) * Share(x, across, side, size.Width);
                    terms.Add(new RowTerm(source + (y * side) + x, destination + cell, (float)weight, adds));
                    adds = 1;
                }
            }
        }
    }

    // The part of cell `to` (of `count` over `side`) that source line `from` covers: whole numbers until the last division.
    private static double Share(int from, int to, int side, int count)
    {
        var begin = Math.Max(from * count, to * side);
        var end = Math.Min((from + 1) * count, (to + 1) * side);
        return (double)(end - begin) / side;
    }
}
