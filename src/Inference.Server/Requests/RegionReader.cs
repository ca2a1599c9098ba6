using System.Globalization;
using System.Text;
using Glassbox.V1;
using Inference.Models.Prompts;
using Inference.Models.Regions;
using Inference.Server.Errors;
using Box = Inference.Models.Regions.Box;
using CoordinateSpace = Inference.Models.Regions.CoordinateSpace;

namespace Inference.Server.Requests;

/// <summary>A region in pixels of the upright image.</summary>
internal sealed record RequestRegion(Region Source, Box Pixels, string Field);

/// <summary>Reads the regions of a request; notes everything that is wrong with them.</summary>
internal sealed class RegionReader(RequestLimits limits, Violations violations)
{
    private const int MaxIdBytes = 128;

    /// <param name="regions">The regions.</param>
    /// <param name="size">Size of the image; null when it could not be used, so that only what does not depend on it is checked.</param>
    public IReadOnlyList<RequestRegion> Read(IReadOnlyList<Region> regions, (int Width, int Height)? size)
    {
        if (regions.Count == 0)
        {
            violations.Add("regions", "none", "at least one region");
        }
        else if (regions.Count > limits.MaxRegions)
        {
            violations.AddExceeded("regions", "regions", ErrorReasons.TooManyRegions, regions.Count, limits.MaxRegions);
            return [];
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        List<RequestRegion> read = [];
        for (var i = 0; i < regions.Count; i++)
        {
            CheckId(regions[i].Id, $"regions[{i}].id", ids);
            if (ReadBox(regions[i].Box, $"regions[{i}].box", size) is { } pixels)
            {
                read.Add(new RequestRegion(regions[i], pixels, $"regions[{i}].box"));
            }
        }

        return read;
    }

    private void CheckId(string id, string field, HashSet<string> ids)
    {
        var bytes = Encoding.UTF8.GetByteCount(id);
        if (bytes is 0 or > MaxIdBytes)
        {
            violations.Add(field, $"{bytes} bytes", $"1 to {MaxIdBytes} bytes");
        }
        else if (!ids.Add(id))
        {
            violations.Add(field, $"'{id}' again", "ids that are unique in the request");
        }
    }

    private Box? ReadBox(Glassbox.V1.Box? box, string field, (int Width, int Height)? size)
    {
        if (box is null)
        {
            violations.Add(field, "no box", "a box");
            return null;
        }

        if (Spaces.Read(box.Space) is not { } space)
        {
            violations.Add($"{field}.space", Spaces.Name(box.Space), Spaces.Known);
            return null;
        }

        // Without the image there is no size, but the order of the corners and the ends of the other spaces are known.
        var (width, height) = size ?? (int.MaxValue, int.MaxValue);
        var (endX, endY) = space == CoordinateSpace.Pixels ? (width, height) : (BoxFormat.Extent(space), BoxFormat.Extent(space));
        var valid = CheckAxis(box.X1, box.X2, endX, field, "x") & CheckAxis(box.Y1, box.Y2, endY, field, "y");
        return valid && size is not null
            ? RegionValidator.ToPixels(new Box(box.X1, box.Y1, box.X2, box.Y2), space, width, height, field)
            : null;
    }

    private bool CheckAxis(double from, double to, double end, string field, string axis)
    {
        var range = end == int.MaxValue ? "finite, 0 or more" : FormattableString.Invariant($"0 to {end}");
        var ends = CheckEnd(from, end, $"{field}.{axis}1", range) & CheckEnd(to, end, $"{field}.{axis}2", range);
        if (ends && from >= to)
        {
            violations.Add($"{field}.{axis}2", Text(to), $"above {axis}1 = {Text(from)}");
            return false;
        }

        return ends;
    }

    private bool CheckEnd(double value, double end, string field, string range)
    {
        if (value >= 0 && value <= end)
        {
            return true;
        }

        violations.Add(field, Text(value), range);
        return false;
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
