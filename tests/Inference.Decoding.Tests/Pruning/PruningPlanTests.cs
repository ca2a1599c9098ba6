using Inference.Decoding.Pruning;

namespace Inference.Decoding.Tests.Pruning;

public sealed class PruningPlanTests
{
    [Fact]
    public void A_plan_is_read_from_text_in_invariant_culture()
    {
        var plan = PruningPlan.Parse("8:.5,16:0.25,24:.125", PositionPolicy.Keep);
        Assert.Equal([new PruningStage(8, 0.5), new PruningStage(16, 0.25), new PruningStage(24, 0.125)], plan.Stages);
        Assert.Equal(PositionPolicy.Keep, plan.Positions);
        Assert.Equal("8:0.5,16:0.25,24:0.125", plan.ToString());
    }

    [Theory]
    [InlineData("", "stages[0]")]
    [InlineData("8", "stages[0]")]
    [InlineData("8:.5,", "stages[1]")]
    [InlineData("8:.5:1", "stages[0]")]
    [InlineData("-1:.5", "stages[0]")]
    [InlineData("8:nan", "stages[0].keep")]
    [InlineData("99999999999:.5", "stages[0]")]
    [InlineData("0:.5", "stages[0].layer")]
    [InlineData("8:0", "stages[0].keep")]
    [InlineData("8:1.01", "stages[0].keep")]
    [InlineData("8:.5,8:.25", "stages[1].layer")]
    [InlineData("8:.5,7:.25", "stages[1].layer")]
    [InlineData("8:.5,9:.51", "stages[1].keep")]
    public void What_is_no_plan_is_named_by_its_field(string text, string field)
    {
        var failure = Assert.Throws<PruningException>(() => PruningPlan.Parse(text, PositionPolicy.Reindex));
        Assert.Equal(field, failure.Field);
        Assert.NotEmpty(failure.Found);
        Assert.NotEmpty(failure.Allowed);
    }

    [Fact]
    public void Shares_that_are_no_numbers_and_layers_that_are_not_there_are_refused()
    {
        Assert.Equal("stages", Assert.Throws<PruningException>(() => PruningPlan.Create([], PositionPolicy.Reindex)).Field);
        Assert.Equal(
            "stages[0].keep",
            Assert.Throws<PruningException>(() => PruningPlan.Create([new(1, double.NaN)], PositionPolicy.Reindex)).Field);
        var plan = PruningPlan.Create([new(3, 0.5)], PositionPolicy.Reindex, layers: 4);
        Assert.Equal("stages[0].layer", Assert.Throws<PruningException>(() => plan.CheckLayers(3)).Field);
    }

    [Theory]
    [InlineData(576, 0.125, 72)]
    [InlineData(7, 0.5, 3)]
    [InlineData(10, 1.0, 10)]
    [InlineData(3, 0.1, 0)]
    public void Kept_rows_are_truncated(int rows, double keep, int expected) =>
        Assert.Equal(expected, new PruningStage(1, keep).Kept(rows));
}
