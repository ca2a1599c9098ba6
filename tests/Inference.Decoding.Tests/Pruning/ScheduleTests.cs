using Inference.Decoding.Pruning;

namespace Inference.Decoding.Tests.Pruning;

public sealed class ScheduleTests
{
    [Fact]
    public void Half_three_times_on_32_blocks_is_the_schedule_of_the_paper()
    {
        var stages = ScheduleText.Parse("lambda:.5").Resolve(32);
        Assert.Equal([new(8, 0.5), new(16, 0.25), new(24, 0.125)], stages);
        Assert.Equal(0.46875, AverageSchedule.Of(stages, 32), 1e-12);
        Assert.Equal([new(5, 0.5), new(11, 0.25), new(16, 0.125)], new GeometricSchedule(0.5).Resolve(22));
    }

    [Fact]
    public void The_shifted_cosine_gives_the_ratios_of_the_paper_block_by_block()
    {
        // R(l) of 32 blocks as p-MoD's configuration 0.85, 0.15 prints them.
        double[] expected = [.84, .81, .76, .72, .67, .63, .58, .53, .47, .42, .37, .33, .28, .24, .19, .16, .15];
        var stages = ScheduleText.Parse("shifted-cosine").Resolve(32);
        Assert.Equal(Enumerable.Range(8, 17), stages.Select(stage => stage.Layer));
        Assert.All(stages.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Keep, 0.006));
        Assert.Equal(0.5375, AverageSchedule.Of(stages, 32), 5e-4);
    }

    [Theory]
    [InlineData(0.75)]
    [InlineData(0.5)]
    [InlineData(0.25)]
    [InlineData(0.13)]
    [InlineData(1)]
    public void A_budget_is_met_on_average(double share)
    {
        foreach (var layers in new[] { 8, 22, 28, 32, 80 })
        {
            for (var count = 1; count <= 5; count++)
            {
                var stages = new AverageSchedule(share, count).Resolve(layers);
                Assert.Equal(count, stages.Count);
                Assert.Equal(share, AverageSchedule.Of(stages, layers), 1e-5);
                Assert.Equal(layers, PruningPlan.Create(stages, default, layers).Stages[^1].Layer + layers - stages[^1].Layer);
            }
        }
    }

    [Fact]
    public void A_budget_that_the_paper_names_gives_its_schedule_back()
    {
        var stages = new AverageSchedule(0.46875).Resolve(32);
        Assert.Equal([0.5, 0.25, 0.125], stages.Select(stage => stage.Keep));
        Assert.Equal(16, stages[1].Kept(64));
    }

    [Fact]
    public void The_average_is_that_of_all_blocks()
    {
        PruningStage[] stages = [new(2, 0.5), new(5, 0.1)];
        double[] shares = [1, 1, .5, .5, .5, .1, .1, .1];
        Assert.Equal(shares.Average(), AverageSchedule.Of(stages, 8), 1e-12);
        Assert.Equal(1, AverageSchedule.Of([], 8));
    }

    [Theory]
    [InlineData("lambda:0", "geometric.lambda")]
    [InlineData("lambda:1.5", "geometric.lambda")]
    [InlineData("lambda:", "geometric.lambda")]
    [InlineData("lambda:.5,stages=0", "geometric.stages")]
    [InlineData("lambda:.5,steps=3", "geometric")]
    [InlineData("average:nan", "average.share")]
    [InlineData("average:.5,stages=x", "average")]
    [InlineData("shifted-cosine:low=0", "shifted_cosine.low")]
    [InlineData("shifted-cosine:high=.1", "shifted_cosine.high")]
    [InlineData("shifted-cosine:mid=.1", "shifted_cosine")]
    [InlineData("pyramid:.5", "schedule")]
    [InlineData("8:.5,8:.25", "stages[1].layer")]
    public void What_is_no_schedule_is_named_by_its_field(string text, string field)
    {
        var failure = Assert.Throws<PruningException>(() => ScheduleText.Parse(text));
        Assert.Equal(field, failure.Field);
        Assert.NotEmpty(failure.Found);
        Assert.NotEmpty(failure.Allowed);
    }

    [Theory]
    [InlineData("lambda:.5,stages=8", 8, "geometric.stages")]
    [InlineData("average:.5,stages=8", 8, "average.stages")]
    [InlineData("average:.125", 8, "average.share")]
    [InlineData("shifted-cosine", 1, "shifted_cosine")]
    [InlineData("lambda:.5", 1, "geometric.stages")]
    [InlineData("8:.5", 8, "stages[0].layer")]
    public void What_does_not_fit_a_model_is_named_by_its_field(string text, int layers, string field) =>
        Assert.Equal(field, Assert.Throws<PruningException>(() => ScheduleText.Parse(text).Resolve(layers)).Field);
}
