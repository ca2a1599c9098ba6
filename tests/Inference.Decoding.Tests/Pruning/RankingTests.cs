using Inference.Decoding.Pruning;

namespace Inference.Decoding.Tests.Pruning;

public sealed class RankingTests
{
    [Fact]
    public void Uniform_takes_the_middle_of_equal_parts()
    {
        Assert.Equal([1, 3, 5, 7], Keep("uniform", rows: 8, count: 4));
        Assert.Equal([1, 5, 8], Keep("uniform", rows: 10, count: 3));
        Assert.Equal([0, 1, 2], Keep("uniform", rows: 3, count: 3));
        Assert.Empty(Keep("uniform", rows: 3, count: 0));
    }

    [Fact]
    public void Random_depends_on_seed_and_image_and_goes_on_along_one_order()
    {
        var sixteen = Keep("random", rows: 64, count: 16, seed: 7);
        Assert.Equal(sixteen, Keep("random", rows: 64, count: 16, seed: 7));
        Assert.NotEqual(sixteen, Keep("random", rows: 64, count: 16, seed: 8));
        Assert.NotEqual(sixteen, Keep("random", rows: 64, count: 16, seed: 7, image: 1));
        // Dropping in two stages comes to the same as dropping at once.
        var ranking = RankingRegistry.Find("random");
        var half = Keep("random", rows: 64, count: 32, seed: 7);
        int[] quarter = [.. ranking.Keep(new RankedRows([], half, 0, 7), 16).Select(i => half[i])];
        Assert.Equal(sixteen, quarter);
    }

    [Fact]
    public void Random_favours_no_row()
    {
        var counts = new int[16];
        for (ulong seed = 0; seed < 4000; seed++)
        {
            foreach (var row in Keep("random", rows: 16, count: 4, seed))
            {
                counts[row]++;
            }
        }

        Assert.All(counts, count => Assert.InRange(count, 880, 1120));
    }

    [Theory]
    [InlineData("attention", true)]
    [InlineData("v2drop", false)]
    [InlineData("uniform", false)]
    [InlineData("random", false)]
    public void Rankings_say_whether_they_look_at_the_question(string name, bool looks) =>
        Assert.Equal(looks, RankingRegistry.Find(name).LooksAtQuestion);

    [Fact]
    public void An_unknown_ranking_is_refused_with_those_there_are()
    {
        var failure = Assert.Throws<PruningException>(() => RankingRegistry.Find("best"));
        Assert.Equal(("ranking", "attention, v2drop, uniform, random"), (failure.Field, failure.Allowed));
    }

    [Fact]
    public void Every_method_meets_the_same_budget()
    {
        var methods = PruningBudgets.All(0.25, 8).ToList();
        Assert.Equal(8, methods.Count);
        foreach (var (_, choice) in methods)
        {
            Assert.Equal(0.25, choice.Resolve(8) is { } plan ? AverageSchedule.Of(plan.Stages, 8) : choice.Reduction!.Keep, 1e-5);
        }

        Assert.All(PruningBudgets.All(0.12, 8), method => Assert.Null(method.Choice.Schedule));
    }

    [Theory]
    [InlineData("divprune", "reduction")]
    [InlineData("best:.5", "reduction.method")]
    [InlineData("divprune:0", "reduction.keep")]
    [InlineData("divprune:1.1", "reduction.keep")]
    public void What_is_no_reduction_is_named_by_its_field(string text, string field) =>
        Assert.Equal(field, Assert.Throws<PruningException>(() => PruningChoice.ParseReduction(text)).Field);

    private static int[] Keep(string name, int rows, int count, ulong seed = 0, int image = 0) =>
        RankingRegistry.Find(name).Keep(new RankedRows([], [.. Enumerable.Range(0, rows)], image, seed), count);
}
