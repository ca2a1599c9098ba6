using Inference.Compute;
using Inference.Models.Imaging;

namespace Inference.Models.Vision;

/// <summary>An image on its way through the tower. Advanced by <see cref="VisionEncoder"/>.</summary>
public sealed class VisionRun : IDisposable
{
    internal VisionRun(PixelValues pixels, ImagePlan plan, ImageReduction? reduction, Buffer<float> projected, int projectedRows, int width)
    {
        (Pixels, Plan, Reduction) = (pixels, plan, reduction);
        Projected = new Matrix(projected, projectedRows, width);
    }

    /// <summary>The encoded image once every tile has been through; the caller owns it.</summary>
    public ImageFeatures? Features { get; internal set; }

    internal PixelValues Pixels { get; }

    internal ImagePlan Plan { get; }

    internal ImageReduction? Reduction { get; }

    /// <summary>Attention that the projected rows received in the tower; set where the reduction asks.</summary>
    internal float[]? Attention { get; init; }

    /// <summary>[tiles × rows per tile (+ 1 newline), decoder width].</summary>
    internal Matrix Projected { get; }

    /// <summary>Tiles that have been through.</summary>
    internal int TilesDone { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Features is null || !ReferenceEquals(Features.Rows.Buffer, Projected.Buffer))
        {
            Projected.Buffer.Dispose();
        }
    }
}
