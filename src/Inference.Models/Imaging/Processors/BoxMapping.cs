namespace Inference.Models.Imaging;

/// <summary>
/// Original pixel coordinates to coordinates of what the model sees, where 0..1 spans its view, and back: on each axis
/// <c>view = pixel * scale + offset</c>. Cropped pixels lie outside 0..1; so does nothing of a padded view.
/// </summary>
public readonly record struct BoxMapping(double ScaleX, double OffsetX, double ScaleY, double OffsetY)
{
    /// <summary>The whole image fills the view, squeezed or not.</summary>
    public static BoxMapping Whole(int width, int height) => new(1.0 / width, 0, 1.0 / height, 0);

    /// <summary>
    /// The image centred on a square of its longer side: the space LLaVA-1.5 was trained to name boxes in, whatever a folder's image
    /// processor does to the pixels (haotian-liu/LLaVA, expand2square).
    /// </summary>
    public static BoxMapping SquarePadded(int width, int height)
    {
        double side = Math.Max(width, height);
        return new(1 / side, (side - width) / 2 / side, 1 / side, (side - height) / 2 / side);
    }

    /// <summary>A point in original pixels to the view.</summary>
    public (double X, double Y) ToView(double x, double y) => (x * ScaleX + OffsetX, y * ScaleY + OffsetY);

    /// <summary>A point of the view to original pixels.</summary>
    public (double X, double Y) ToPixels(double x, double y) => ((x - OffsetX) / ScaleX, (y - OffsetY) / ScaleY);
}
