using Glassbox.V1;
using Inference.Models.Regions;
using Space = Inference.Models.Regions.CoordinateSpace;

namespace Inference.Server.Requests;

/// <summary>Coordinate spaces of the API and ours.</summary>
internal static class Spaces
{
    public const string Known = "COORDINATE_SPACE_PIXELS_ORIGINAL, COORDINATE_SPACE_NORMALIZED or COORDINATE_SPACE_GRID_1000";

    /// <summary>Null for an unspecified or unknown one.</summary>
    public static Space? Read(Glassbox.V1.CoordinateSpace space) => space switch
    {
        Glassbox.V1.CoordinateSpace.PixelsOriginal => Space.Pixels,
        Glassbox.V1.CoordinateSpace.Normalized => Space.Unit,
        Glassbox.V1.CoordinateSpace.Grid1000 => Space.Thousand,
        _ => null,
    };

    public static string Name(Glassbox.V1.CoordinateSpace space) =>
        space == Glassbox.V1.CoordinateSpace.Unspecified ? "COORDINATE_SPACE_UNSPECIFIED" : $"{(int)space}";

    /// <summary>A box in pixels, in the space that was asked for.</summary>
    public static Glassbox.V1.Box Write(Inference.Models.Regions.Box pixels, Glassbox.V1.CoordinateSpace space, int width, int height)
    {
        var known = Read(space) ?? Space.Pixels;
        var (scaleX, scaleY) = known == Space.Pixels ? (1.0, 1.0) : (BoxFormat.Extent(known) / width, BoxFormat.Extent(known) / height);
        return new Glassbox.V1.Box
        {
            X1 = pixels.X1 * scaleX,
            Y1 = pixels.Y1 * scaleY,
            X2 = pixels.X2 * scaleX,
            Y2 = pixels.Y2 * scaleY,
            Space = Read(space) is null ? Glassbox.V1.CoordinateSpace.PixelsOriginal : space,
        };
    }
}
