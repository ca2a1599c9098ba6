namespace Inference.Models.Regions;

/// <summary>An axis-parallel rectangle, half-open: it holds x1 ≤ x &lt; x2 and y1 ≤ y &lt; y2. The unit is its context's.</summary>
public readonly record struct Box(double X1, double Y1, double X2, double Y2)
{
    /// <summary>x2 - x1.</summary>
    public double Width => X2 - X1;

    /// <summary>y2 - y1.</summary>
    public double Height => Y2 - Y1;

    /// <summary>Finite, with a positive area.</summary>
    public bool IsProper => double.IsFinite(X1) && double.IsFinite(Y1) && double.IsFinite(X2) && double.IsFinite(Y2) && X1 < X2 && Y1 < Y2;

    /// <summary>The part within 0 ≤ x ≤ width, 0 ≤ y ≤ height.</summary>
    public Box ClipTo(double width, double height) =>
        new(Math.Clamp(X1, 0, width), Math.Clamp(Y1, 0, height), Math.Clamp(X2, 0, width), Math.Clamp(Y2, 0, height));
}
