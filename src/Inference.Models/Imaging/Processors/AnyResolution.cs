namespace Inference.Models.Imaging.Processors;

/// <summary>The choice of a resolution in LLaVA-NeXT (transformers' select_best_resolution and get_patch_output_size).</summary>
internal static class AnyResolution
{
    /// <summary>The resolution that keeps most of the image's pixels and, among those, wastes least; the first of equals.</summary>
    public static (int Height, int Width) Select(int width, int height, ReadOnlySpan<(int Height, int Width)> resolutions)
    {
        (int Height, int Width) best = default;
        long bestEffective = 0, leastWasted = long.MaxValue;
        foreach (var (targetHeight, targetWidth) in resolutions)
        {
            double scale = Math.Min((double)targetWidth / width, (double)targetHeight / height);
            long effective = Math.Min((long)(int)(width * scale) * (int)(height * scale), (long)width * height);
            long wasted = (long)targetWidth * targetHeight - effective;
            if (effective > bestEffective || (effective == bestEffective && wasted < leastWasted))
                (best, bestEffective, leastWasted) = ((targetHeight, targetWidth), effective, wasted);
        }
        return best;
    }

    /// <summary>The largest size of the image's aspect ratio within the resolution.</summary>
    public static (int Width, int Height) Fit(int width, int height, int targetWidth, int targetHeight)
    {
        double scaleX = (double)targetWidth / width, scaleY = (double)targetHeight / height;
        return scaleX < scaleY
            ? (targetWidth, Math.Min((int)Math.Ceiling(height * scaleX), targetHeight))
            : (Math.Min((int)Math.Ceiling(width * scaleY), targetWidth), targetHeight);
    }
}
