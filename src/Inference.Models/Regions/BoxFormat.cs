using Inference.Models.Imaging;
using Inference.Models.Prompts;

namespace Inference.Models.Regions;

/// <summary>How a model writes boxes. Converts boxes in pixels of the original image to its text and back.</summary>
public sealed record BoxFormat
{
    private const int MaxDecimals = 6, MaxTemplate = 200;
    private const string Field = "glassbox.json: box";
    private readonly BoxTemplate _parts;

    /// <summary>A format.</summary>
    /// <param name="template">
    /// Text with <c>{x1}</c>, <c>{y1}</c>, <c>{x2}</c> and <c>{y2}</c> once each, in any order, text between them.
    /// </param>
    /// <param name="space">What the numbers count.</param>
    /// <param name="decimals">Decimals written, 0 to 6.</param>
    /// <param name="max">Largest value written; above it values are cut to it.</param>
    /// <exception cref="PromptException">One of them cannot be used.</exception>
    public BoxFormat(string template, CoordinateSpace space, int decimals, double max)
    {
        if (template.Length > MaxTemplate) throw Invalid("format", $"{template.Length} characters", $"at most {MaxTemplate} characters");
        if (decimals is < 0 or > MaxDecimals) throw Invalid("decimals", $"{decimals}", $"0 to {MaxDecimals}");
        if (!(max > 0 && max <= Extent(space)))
            throw Invalid("max", FormattableString.Invariant($"{max}"), "above 0, up to the end of the space");
        _parts = BoxTemplate.Parse(template)
            ?? throw Invalid("format", $"'{template}'", "{x1}, {y1}, {x2} and {y2} once each with text between them");
        (Template, Space, Decimals, Max) = (template, space, decimals, max);
    }

    /// <summary>The text with its four places.</summary>
    public string Template { get; }

    /// <summary>What the numbers count.</summary>
    public CoordinateSpace Space { get; }

    /// <summary>Decimals written.</summary>
    public int Decimals { get; }

    /// <summary>Largest value written.</summary>
    public double Max { get; }

    /// <summary>Where a space ends: 1, 1000, or nowhere for pixels.</summary>
    public static double Extent(CoordinateSpace space) => space switch
    {
        CoordinateSpace.Unit => 1,
        CoordinateSpace.Thousand => 1000,
        _ => double.MaxValue,
    };

    /// <summary>A box as the model writes it.</summary>
    /// <param name="box">A valid box in pixels of the original image (<see cref="RegionValidator"/>).</param>
    /// <param name="view">What the model sees of the image.</param>
    /// <param name="field">The request's field, for errors.</param>
    /// <exception cref="PromptException">Nothing of the box is in the model's view.</exception>
    public string Write(Box box, BoxMapping view, string field = "region")
    {
        Box mine = box;
        if (Space != CoordinateSpace.Pixels)
        {
            Box seen = ToView(box, view).ClipTo(1, 1);
            if (!seen.IsProper) throw OutOfView(field);
            double extent = Extent(Space);
            mine = new Box(seen.X1 * extent, seen.Y1 * extent, seen.X2 * extent, seen.Y2 * extent);
        }
        return _parts.Write(
            new Box(Math.Min(mine.X1, Max), Math.Min(mine.Y1, Max), Math.Min(mine.X2, Max), Math.Min(mine.Y2, Max)), Decimals);
    }

    /// <summary>The boxes in a model's text, in its order, in pixels of the original image.</summary>
    /// <remarks>
    /// Blanks may be missing or added, decimals may be missing. What has no positive area, lies beyond the space or outside the image is
    /// no box.
    /// </remarks>
    /// <param name="text">What the model wrote.</param>
    /// <param name="view">What the model saw of the image.</param>
    /// <param name="width">Width of the original.</param>
    /// <param name="height">Height of the original.</param>
    public IReadOnlyList<FoundBox> Parse(string text, BoxMapping view, int width, int height)
    {
        List<FoundBox> found = [];
        int at = 0;
        while (at < text.Length)
        {
            if (_parts.Match(text, at) is not { } match)
            {
                at++;
                continue;
            }
            if (ToPixels(match.Box, view, width, height) is { } box) found.Add(new FoundBox(box, at, match.Length));
            at += match.Length;
        }
        return found;
    }

    private Box? ToPixels(Box box, BoxMapping view, int width, int height)
    {
        double extent = Extent(Space);
        if (!box.IsProper || box.X2 > extent || box.Y2 > extent) return null;
        if (Space != CoordinateSpace.Pixels)
        {
            (double x1, double y1) = view.ToPixels(box.X1 / extent, box.Y1 / extent);
            (double x2, double y2) = view.ToPixels(box.X2 / extent, box.Y2 / extent);
            box = new Box(x1, y1, x2, y2);
        }
        box = box.ClipTo(width, height);
        return box.IsProper ? box : null;
    }

    private static Box ToView(Box box, BoxMapping view)
    {
        (double x1, double y1) = view.ToView(box.X1, box.Y1);
        (double x2, double y2) = view.ToView(box.X2, box.Y2);
        return new Box(x1, y1, x2, y2);
    }

    private static PromptException OutOfView(string field) => new(
        PromptError.InvalidRegion, field, "a box outside of what the model sees",
        "a box that overlaps what the model's crop leaves of the image");

    private static PromptException Invalid(string key, string found, string allowed) =>
        new(PromptError.InvalidProfile, $"{Field}.{key}", found, allowed);
}
