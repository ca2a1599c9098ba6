using Inference.Decoding.Pruning;

namespace Inference.Decoding.Tests.Pruning;

public sealed class KeptRowsTests
{
    [Fact]
    public void The_largest_remain_in_raster_order() => Assert.Equal([1, 3, 4], KeptRows.Largest([0.1f, 0.9f, 0.2f, 0.3f, 0.5f], 3));

    [Fact]
    public void Of_equal_scores_the_lower_offset_wins() => Assert.Equal([0, 2, 3], KeptRows.Largest([0.5f, 0.1f, 0.7f, 0.5f, 0.5f], 3));

    [Fact]
    public void Numbers_that_are_none_rank_last() =>
        Assert.Equal([1, 2], KeptRows.Largest([float.NaN, 0f, float.NegativeInfinity, float.NaN], 2));

    [Fact]
    public void All_or_nothing_may_remain()
    {
        Assert.Equal([0, 1, 2], KeptRows.Largest([3f, 1f, 2f], 3));
        Assert.Empty(KeptRows.Largest([3f, 1f], 0));
    }
}
