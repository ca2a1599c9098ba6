namespace Inference.Models.Imaging.Processors;

/// <summary>The size an image is resized to: exact, or one that keeps the aspect ratio.</summary>
internal readonly record struct TargetSize
{
    private TargetSize(int shortestEdge, int height, int width) => (ShortestEdge, Height, Width) = (shortestEdge, height, width);

    /// <summary>Length of the shorter edge; 0 where the size is exact.</summary>
    public int ShortestEdge { get; }

    /// <summary>Height; of a square with the shortest edge where the size is not exact.</summary>
    public int Height { get; }

    /// <summary>Width; of a square with the shortest edge where the size is not exact.</summary>
    public int Width { get; }

    public static TargetSize Exact(int height, int width) => new(0, height, width);

    public static TargetSize Shortest(int edge) => new(edge, edge, edge);

    public (int Width, int Height) Of(int width, int height)
    {
        if (ShortestEdge == 0)
            return (Width, Height);
        // The longer edge is truncated, as transformers' get_resize_output_image_size does.
        var (s, l) = width <= height ? (width, height) : (height, width);
        int longer = (int)((double)((long)ShortestEdge * l) / s);
        return width <= height ? (ShortestEdge, longer) : (longer, ShortestEdge);
    }

    public override string ToString() => ShortestEdge == 0 ? $"{Height}x{Width}" : $"shortest:{ShortestEdge}";
}
