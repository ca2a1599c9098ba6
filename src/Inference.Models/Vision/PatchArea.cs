using Inference.Models.Imaging;

namespace Inference.Models.Vision;

/// <summary>
/// The part of the original image that a row stands for, in its pixels; it may reach beyond the image where that was padded.
/// </summary>
/// <param name="IsTile">Of a tile of LLaVA-NeXT's finer picture, not of the view of the whole image.</param>
/// <param name="X1">Left.</param>
/// <param name="Y1">Top.</param>
/// <param name="X2">Right.</param>
/// <param name="Y2">Bottom.</param>
public readonly record struct PatchArea(bool IsTile, double X1, double Y1, double X2, double Y2)
{
    /// <summary>Whether the row stands for no part: a class token or a newline.</summary>
    public bool IsEmpty => X2 <= X1;

    /// <summary>A cell of the view of the whole image, as shares of it.</summary>
    internal static PatchArea OfView(ImagePlan plan, double x1, double y1, double x2, double y2)
    {
        var (left, top) = plan.Mapping.ToPixels(x1, y1);
        var (right, bottom) = plan.Mapping.ToPixels(x2, y2);
        return new PatchArea(false, left, top, right, bottom);
    }

    /// <summary>
    /// A cell of the tiles' picture, in tiles from its left upper corner: the image fills it in one direction and is centred in the other.
    /// </summary>
    internal static PatchArea OfTiles(ImagePlan plan, double x1, double y1, double x2, double y2)
    {
        var (height, width) = plan.OriginalSize;
        var pixels = Math.Max((double)width / plan.Grid.Columns, (double)height / plan.Grid.Rows);
        double left = ((plan.Grid.Columns * pixels) - width) / 2, top = ((plan.Grid.Rows * pixels) - height) / 2;
        return new PatchArea(true, (x1 * pixels) - left, (y1 * pixels) - top, (x2 * pixels) - left, (y2 * pixels) - top);
    }
}
