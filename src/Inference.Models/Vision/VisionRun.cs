using Inference.Compute;
using Inference.Models.Imaging;

namespace Inference.Models.Vision;

/// <summary>An image on its way through the tower: which tile and which part of a block come next. Advanced by <see cref="VisionEncoder"/>.</summary>
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

    internal int Tile { get; set; }

    /// <summary>Next block of the tile; -1 before its patches are embedded.</summary>
    internal int NextLayer { get; set; } = -1;

    /// <summary>Slices of <see cref="NextLayer"/>, or of the projector behind the last one, that are done.</summary>
    internal int Slice { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Features is null || !ReferenceEquals(Features.Rows.Buffer, Projected.Buffer))
        {
            Projected.Buffer.Dispose();
        }
    }
}
