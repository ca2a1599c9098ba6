namespace Inference.Models.Regions;

/// <summary>What the numbers of a box count.</summary>
public enum CoordinateSpace
{
    /// <summary>Pixels of the upright original image. In a profile: <c>pixels</c>.</summary>
    Pixels,

    /// <summary>
    /// 0 to 1; for clients of the original image, for models of what the image processor shows them. In a profile: <c>0..1</c>.
    /// </summary>
    Unit,

    /// <summary>The same times 1000. In a profile: <c>0..1000</c>.</summary>
    Thousand,
}
