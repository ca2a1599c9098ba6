using Inference.Models.Regions;

namespace Inference.Grounding.Tests;

public sealed class OverlapTests
{
    [Theory]
    [InlineData(0, 0, 2, 2, 1)]
    [InlineData(1, 0, 3, 2, 1.0 / 3)]
    [InlineData(1, 1, 2, 2, 0.25)]
    [InlineData(2, 0, 4, 2, 0)]
    [InlineData(5, 5, 6, 6, 0)]
    public void Intersection_over_union_counts_what_both_cover(double x1, double y1, double x2, double y2, double expected)
    {
        Box one = new(0, 0, 2, 2), other = new(x1, y1, x2, y2);
        Assert.Equal(expected, Overlap.IntersectionOverUnion(one, other), 12);
        Assert.Equal(expected, Overlap.IntersectionOverUnion(other, one), 12);
    }
}
