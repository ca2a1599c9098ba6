using Inference.Models.Regions;

namespace Inference.Grounding;

/// <summary>How much two boxes agree.</summary>
public static class Overlap
{
    /// <summary>Intersection over union, 0 to 1; both boxes in the same unit.</summary>
    public static double IntersectionOverUnion(Box a, Box b)
    {
        var width = Math.Min(a.X2, b.X2) - Math.Max(a.X1, b.X1);
        var height = Math.Min(a.Y2, b.Y2) - Math.Max(a.Y1, b.Y1);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        var shared = width * height;
        return shared / ((a.Width * a.Height) + (b.Width * b.Height) - shared);
    }
}
