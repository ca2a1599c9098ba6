using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class ConfidenceTests
{
    // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_gives_the_published_intervals(int hits, int trials, double low, double high)
    {
        var interval = ConfidenceInterval.Wilson((double)hits / trials, trials);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void The_bootstrap_agrees_with_the_normal_interval_of_a_share()
    {
        var units = Enumerable.Range(0, 900).Select(i => i % 3 == 0 ? new PopeCounts(1, 0, 0, 0) : new PopeCounts(0, 1, 0, 0)).ToList();
        var interval = Bootstrap.Interval(Bootstrap.Draw(units), draw => draw.Accuracy)!.Value;
        var half = 1.96 * Math.Sqrt(1.0 / 3 * 2 / 3 / 900);
        Assert.InRange(interval.Low, (1.0 / 3) - half - 0.004, (1.0 / 3) - half + 0.004);
        Assert.InRange(interval.High, (1.0 / 3) + half - 0.004, (1.0 / 3) + half + 0.004);
    }

    [Fact]
    public void Draws_without_a_number_are_left_out()
    {
        Assert.Null(Bootstrap.Interval(Bootstrap.Draw([new PopeCounts(0, 0, 1, 0)]), draw => draw.Precision));
    }
}
