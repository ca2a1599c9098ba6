using Inference.Models.Prompts;
using Inference.Models.Regions;

namespace Inference.Models.Tests.Regions;

public sealed class RegionValidatorTests
{
    [Fact]
    public void Boxes_of_every_space_become_pixels()
    {
        Box expected = new(20, 25, 40, 50);
        Assert.Equal(expected, RegionValidator.ToPixels(new Box(20, 25, 40, 50), CoordinateSpace.Pixels, 200, 100, "box"));
        Assert.Equal(expected, RegionValidator.ToPixels(new Box(0.1, 0.25, 0.2, 0.5), CoordinateSpace.Unit, 200, 100, "box"));
        Assert.Equal(expected, RegionValidator.ToPixels(new Box(100, 250, 200, 500), CoordinateSpace.Thousand, 200, 100, "box"));
        Assert.Equal(new Box(0, 0, 200, 100), RegionValidator.ToPixels(new Box(0, 0, 200, 100), CoordinateSpace.Pixels, 200, 100, "box"));
    }

    [Theory]
    [InlineData(double.NaN, 0, 1, 1, "x1")]
    [InlineData(0, double.PositiveInfinity, 1, 1, "y1")]
    [InlineData(0, 0, double.NaN, 1, "x2")]
    [InlineData(-1, 0, 1, 1, "x1")]
    [InlineData(0, 0, 201, 1, "x2")]
    [InlineData(0, 0, 1, 101, "y2")]
    [InlineData(5, 0, 1, 1, "x2")]
    [InlineData(5, 0, 5, 1, "x2")]
    [InlineData(0, 7, 1, 7, "y2")]
    public void Boxes_that_are_none_are_refused_with_the_path_of_the_coordinate(
        double x1, double y1, double x2, double y2, string coordinate)
    {
        PromptException e = Assert.Throws<PromptException>(
            () => RegionValidator.ToPixels(new Box(x1, y1, x2, y2), CoordinateSpace.Pixels, 200, 100, "regions[2].box"));
        Assert.Equal((PromptError.InvalidRegion, $"regions[2].box.{coordinate}"), (e.Error, e.Field));
    }
}
