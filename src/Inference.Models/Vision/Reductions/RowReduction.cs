namespace Inference.Models.Vision;

/// <summary>A way to let fewer rows stand for an image, chosen before the prompt is built and without looking at the question.</summary>
public abstract class RowReduction
{
    private protected RowReduction()
    {
    }

    /// <summary>Its name in requests.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Where it comes from.</summary>
    public abstract string Paper { get; }

    /// <summary>Whether <see cref="Select"/> reads the tower's attention.</summary>
    internal virtual bool NeedsAttention => false;

    /// <summary>
    /// Rows of a grid of <paramref name="side"/> × <paramref name="side"/> patches that are averaged into fewer, or null where rows are
    /// chosen.
    /// </summary>
    internal virtual (int Height, int Width)? Grid(int side, double keep, bool square) => null;

    /// <summary>The rows that remain: ascending offsets among those of the image.</summary>
    /// <param name="rows">The image's rows.</param>
    /// <param name="count">Rows to keep, from 1 to as many as there are.</param>
    internal virtual int[] Select(EncodedRows rows, int count) => throw new NotSupportedException($"{Name} chooses no rows.");
}
