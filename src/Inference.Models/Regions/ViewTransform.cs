namespace Inference.Models.Regions;

/// <summary>
/// Where the model sees a pixel: view = original · scale + offset on each axis, the view running from 0 to 1. What the image processor
/// crops away falls outside 0 to 1; what it pads does not come from the original.
/// </summary>
/// <param name="ScaleX">View units per original pixel.</param>
/// <param name="OffsetX">View coordinate of the original's left edge.</param>
/// <param name="ScaleY">View units per original pixel.</param>
/// <param name="OffsetY">View coordinate of the original's upper edge.</param>
public readonly record struct ViewTransform(double ScaleX, double OffsetX, double ScaleY, double OffsetY)
{
    /// <summary>The whole image squeezed into the view.</summary>
    public static ViewTransform Stretch(int width, int height) => new(1.0 / width, 0, 1.0 / height, 0);

    /// <summary>The image in the middle of a square as long as its longer side.</summary>
    public static ViewTransform SquarePad(int width, int height)
    {
        double side = Math.Max(width, height);
        return new ViewTransform(1 / side, (side - width) / 2 / side, 1 / side, (side - height) / 2 / side);
    }

    /// <summary>The square in the middle of the image as long as its shorter side.</summary>
    public static ViewTransform CenterCrop(int width, int height)
    {
        double side = Math.Min(width, height);
        return new ViewTransform(1 / side, (side - width) / 2 / side, 1 / side, (side - height) / 2 / side);
    }

    /// <summary>From original pixels to the view.</summary>
    public Box ToView(Box box) => new(
        box.X1 * ScaleX + OffsetX, box.Y1 * ScaleY + OffsetY, box.X2 * ScaleX + OffsetX, box.Y2 * ScaleY + OffsetY);

    /// <summary>From the view to original pixels.</summary>
    public Box ToOriginal(Box box) => new(
        (box.X1 - OffsetX) / ScaleX, (box.Y1 - OffsetY) / ScaleY, (box.X2 - OffsetX) / ScaleX, (box.Y2 - OffsetY) / ScaleY);
}
