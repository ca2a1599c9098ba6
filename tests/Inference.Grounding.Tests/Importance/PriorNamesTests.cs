using Inference.Decoding.Layers;
using Inference.Grounding.Importance;

namespace Inference.Grounding.Tests.Importance;

public sealed class PriorNamesTests
{
    private static readonly Dictionary<string, LayerPrior> Priors = new(StringComparer.Ordinal)
    {
        ["mine"] = new LayerPrior([0, 2, 5], [0.25, 0.5, 0.25], [0, 0, 0], 9),
    };

    [Fact]
    public void A_name_becomes_numbers_and_brings_its_layers()
    {
        var resolved = Resolve("pie", ("prior", "mine"), ("tau", "0.5"));
        Assert.Equal(("0.25,0.5,0.25", "0,2,5", "0.5"), (resolved["prior"], resolved["layers"], resolved["tau"]));
        Assert.Equal("0.25,0.5,0.25", Resolve("layer-mix", ("weights", "mine"))["weights"]);
    }

    [Fact]
    public void Layers_of_the_request_are_looked_up_in_their_order()
    {
        var resolved = Resolve("pie", ("prior", "mine"), ("layers", "5, 2"));
        Assert.Equal(("0.25,0.5", "5, 2"), (resolved["prior"], resolved["layers"]));
        var refusal = Assert.Throws<StrategyException>(() => Resolve("pie", ("prior", "mine"), ("layers", "2,3")));
        Assert.Equal(("layers", "3"), (refusal.Field, refusal.Found));
        Assert.Contains("0,2,5", refusal.Allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_and_everything_else_stay_as_they_are()
    {
        Assert.Null(PriorNames.Resolve(null, Priors));
        Assert.Equal("1,2", Resolve("pie", ("prior", "1,2"))["prior"]);
        Assert.Equal("mine", Resolve("pie", ("pick", "mine"))["pick"]);
        Assert.Equal("mine", Resolve("nobody", ("prior", "mine"))["prior"]);
        Assert.Equal("x", Resolve("pie", ("prior", "mine"), ("layers", "x"))["layers"]);
    }

    [Theory]
    [InlineData("other")]
    [InlineData("@etc")]
    [InlineData("NaN")]
    public void An_unknown_name_lists_those_that_are_known(string name)
    {
        var refusal = Assert.Throws<StrategyException>(() => Resolve("pie", ("prior", name)));
        Assert.Equal(("prior", name), (refusal.Field, refusal.Found));
        Assert.Contains("mine", refusal.Allowed, StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, string> Resolve(string strategy, params (string Key, string Value)[] settings) =>
        PriorNames.Resolve(new StrategyChoice(strategy, settings.ToDictionary(pair => pair.Key, pair => pair.Value)), Priors)!.Settings;
}
