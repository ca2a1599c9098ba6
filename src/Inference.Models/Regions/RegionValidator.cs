using System.Globalization;
using Inference.Models.Prompts;

namespace Inference.Models.Regions;

/// <summary>Checks boxes of clients and brings them to pixels of the original image.</summary>
public static class RegionValidator
{
    /// <summary>A client's box in pixels.</summary>
    /// <param name="box">In <paramref name="space"/>, of the upright original image.</param>
    /// <param name="space">Its space.</param>
    /// <param name="width">Width of the image.</param>
    /// <param name="height">Height of the image.</param>
    /// <param name="field">Path of the box in the request, for example <c>regions[2].box</c>.</param>
    /// <exception cref="PromptException">A number is not finite, the box is empty or inverted, or it leaves the image.</exception>
    public static Box ToPixels(Box box, CoordinateSpace space, int width, int height, string field)
    {
        double endX = space == CoordinateSpace.Pixels ? width : BoxFormat.Extent(space);
        double endY = space == CoordinateSpace.Pixels ? height : BoxFormat.Extent(space);
        CheckAxis(box.X1, box.X2, endX, field, "x");
        CheckAxis(box.Y1, box.Y2, endY, field, "y");
        if (space == CoordinateSpace.Pixels) return box;
        return new Box(box.X1 / endX * width, box.Y1 / endY * height, box.X2 / endX * width, box.Y2 / endY * height);
    }

    private static void CheckAxis(double from, double to, double end, string field, string axis)
    {
        string range = FormattableString.Invariant($"0 to {end}");
        if (!(from >= 0 && from <= end)) throw Invalid($"{field}.{axis}1", Text(from), range);
        if (!(to >= 0 && to <= end)) throw Invalid($"{field}.{axis}2", Text(to), range);
        if (!(from < to)) throw Invalid($"{field}.{axis}2", Text(to), $"above {axis}1 = {Text(from)}");
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static PromptException Invalid(string field, string found, string allowed) =>
        new(PromptError.InvalidRegion, field, found, allowed);
}
