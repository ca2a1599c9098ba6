using Inference.Decoding.Pruning;
using Inference.Grounding.Calibration;

namespace Inference.Grounding.Tests.Calibration;

public sealed class PruningFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");

    [Fact]
    public void A_share_is_dropped_to_from_where_it_stops_to_matter_for_good()
    {
        // Half is harmless from block 2 on; a quarter would be at 3, were it not for 5; an eighth never is.
        double[] half = [0.5, 0.001, 0.002, 0.001, 0, 0, 0], quarter = [0.9, 0.5, 0.002, 0.001, 0.02, 0.001, 0.003],
            eighth = [1, 1, 1, 1, 1, 1, 0.02];
        var tried = Tried(0.5, half).Concat(Tried(0.25, quarter)).Concat(Tried(0.125, eighth)).ToList();
        Assert.Equal([new(2, 0.5), new(6, 0.25)], StageSelection.Pick(tried, 0.003));
        Assert.Equal([new(1, 0.125)], StageSelection.Pick(tried, 2));
        Assert.Empty(StageSelection.Pick(tried, -1));
    }

    [Fact]
    public void What_was_written_is_read()
    {
        var file = Valid();
        file.Write(_path);
        var read = PruningFile.Read(_path);
        Assert.Equal(file.Stages, read.Stages);
        Assert.Equal(file.Tried, read.Tried);
        Assert.Equal(
            (file.Model, "v2drop", PositionPolicy.Keep), (read.Choice.Fingerprint, read.Choice.Ranking.Name, read.Choice.Positions));
        read.Choice.CheckModel(file.Model);
        var failure = Assert.Throws<PruningException>(() => read.Choice.CheckModel(new string('b', 64)));
        Assert.Equal("model", failure.Field);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"format\":")]
    [InlineData("[1]")]
    public void What_is_no_such_file_is_refused(string text)
    {
        File.WriteAllText(_path, text);
        Assert.Throws<PruningException>(() => PruningFile.Read(_path));
    }

    [Fact]
    public void Values_out_of_range_are_named()
    {
        (PruningFile File, string Field)[] wrong =
        [
            (Valid() with { Format = "other" }, "format"), (Valid() with { Model = "abc" }, "model"),
            (Valid() with { Positions = "none" }, "positions"), (Valid() with { Ranking = "best" }, "ranking"),
            (Valid() with { Stages = [new(3, 2)] }, "stages[0].keep"),
        ];
        foreach (var (file, field) in wrong)
        {
            file.Write(_path);
            Assert.EndsWith(field, Assert.Throws<PruningException>(() => PruningFile.Read(_path)).Field, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Divergence_follows_the_definition()
    {
        float[] p = [1, 2, 0.5f], q = [0, 3, 0.1f];
        double Softmax(float[] x, int i) => Math.Exp(x[i]) / x.Sum(value => Math.Exp(value));
        Assert.Equal(
            Enumerable.Range(0, 3).Sum(i => Softmax(p, i) * Math.Log(Softmax(p, i) / Softmax(q, i))), KullbackLeibler.Of(p, q), 1e-9);
        Assert.Equal(0, KullbackLeibler.Of(p, [2, 3, 1.5f]), 1e-9);
    }

    public void Dispose() => File.Delete(_path);

    private static IEnumerable<StageDivergence> Tried(double keep, double[] means) =>
        means.Select((mean, i) => new StageDivergence(i + 1, keep, new Divergence(mean, 0)));

    private static PruningFile Valid() => new()
    {
        Model = new string('a', 64), Ranking = "v2drop", Positions = "keep", Stages = [new(3, 0.5), new(5, 0.25)], Average = 0.5,
        Threshold = 0.003, Samples = 4,
        Tried = [.. Tried(0.5, [0.1, 0.2])], Together = new Divergence(0.1, 0.01),
    };
}
