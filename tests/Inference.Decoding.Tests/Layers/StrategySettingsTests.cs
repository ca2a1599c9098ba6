using System.Globalization;
using Inference.Decoding.Layers;

namespace Inference.Decoding.Tests.Layers;

/// <summary>How strategies are named and set, and what is refused.</summary>
public sealed class StrategySettingsTests
{
    [Theory]
    [InlineData("dola", 32, "layers", "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15")]
    [InlineData("dola", 1, "layers", "0")]
    [InlineData("pie", 8, "layers", "0,1,2,3")]
    [InlineData("pie", 8, "prior", "0.25,0.25,0.25,0.25")]
    [InlineData("pie", 8, "tau", "0.001")]
    [InlineData("pie", 8, "form", "product")]
    [InlineData("deco", 32, "layers", "20,21,22,23,24,25,26,27,28")]
    [InlineData("deco", 22, "layers", "13,14,15,16,17,18,19")]
    [InlineData("deco", 8, "layers", "5,6,7")]
    [InlineData("deco", 1, "layers", "1")]
    [InlineData("deco", 8, "top-k", "20")]
    [InlineData("layer-mix", 8, "layers", "5,6,7")]
    [InlineData("layer-mix", 2, "layers", "1")]
    [InlineData("layer-mix", 1, "layers", "0")]
    [InlineData("layer-mix", 8, "alpha", "0.3")]
    [InlineData("unleash", 8, "layer", "4")]
    [InlineData("unleash", 2, "layer", "2")]
    [InlineData("apc", 8, "relative-top", "0.1")]
    public void Defaults_follow_the_number_of_blocks(string strategy, int layers, string setting, string value) =>
        Assert.Equal(value, Make(strategy, layers).Settings[setting]);

    [Fact]
    public void Pie_takes_the_best_layer_under_greedy_and_draws_otherwise_unless_told()
    {
        Assert.Equal("argmax", Make("pie", 8).Settings["pick"]);
        var drawing = new StrategyContext(8, IsGreedy: false);
        Assert.Equal("sample", StrategyRegistry.Create(StrategyChoice.Parse("pie", []), drawing).Settings["pick"]);
        Assert.Equal("argmax", StrategyRegistry.Create(StrategyChoice.Parse("pie", ["pick=argmax"]), drawing).Settings["pick"]);
    }

    [Theory]
    [InlineData("dola", "layers=9", "layers", "different layers of 0 to 8")]
    [InlineData("dola", "layers=1,1", "layers", "different layers of 0 to 8")]
    [InlineData("dola", "layers=", "layers", "different layers of 0 to 8")]
    [InlineData("dola", "layers=0,1,2,3,4,5,6,7,8,0", "layers", "different layers of 0 to 8")]
    [InlineData("dola", "layers=-1", "layers", "different layers of 0 to 8")]
    [InlineData("dola", "relative-top=1.1", "relative-top", "0 to 1")]
    [InlineData("dola", "relative-top=0,5", "relative-top", "0 to 1")]
    [InlineData("dola", "relative-top=NaN", "relative-top", "0 to 1")]
    [InlineData("unleash", "layer=9", "layer", "0 to 8")]
    [InlineData("unleash", "layer=1.5", "layer", "0 to 8")]
    [InlineData("pie", "tau=0", "tau", "above 0, up to 1000000")]
    [InlineData("pie", "form=sum", "form", "product or released")]
    [InlineData("pie", "prior=1,2", "prior", "4, one for each of layers")]
    [InlineData("pie", "prior=0,0,0,0", "prior", "one number of at least 0 for each layer, not all 0")]
    [InlineData("pie", "prior=1,1,1,-1", "prior", "one number of at least 0 for each layer, not all 0")]
    [InlineData("deco", "top-k=0", "top-k", "1 to 256")]
    [InlineData("layer-mix", "alpha=2", "alpha", "0 to 1")]
    [InlineData("layer-mix", "weights=1", "weights", "3, one for each of layers")]
    [InlineData("apc", "layers=1", "set", "relative-top")]
    [InlineData("deco", "Alpha=1", "set", "layers, alpha, top-k, top-p")]
    [InlineData("unleash", "layer", "set", "key=value")]
    public void What_is_not_allowed_is_refused_with_what_is(string strategy, string pair, string field, string allowed)
    {
        var refusal = Assert.Throws<StrategyException>(() => Make(strategy, 8, pair));
        Assert.Equal((field, allowed), (refusal.Field, refusal.Allowed));
        Assert.Contains("found", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_strategy_is_refused_with_the_known_ones()
    {
        var refusal = Assert.Throws<StrategyException>(() => Make("oracle", 8));
        Assert.Equal(
            ("strategy", "oracle", "apc, unleash, dola, pie, deco, layer-mix, vcd, m3id"), (refusal.Field, refusal.Found, refusal.Allowed));
    }

    [Fact]
    public void A_setting_given_twice_is_refused() =>
        Assert.Equal("layer", Assert.Throws<StrategyException>(() => Make("unleash", 8, "layer=1", "layer=2")).Field);

    [Fact]
    public void Numbers_are_read_the_same_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var withCommas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            withCommas.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = withCommas;
            Assert.Equal("0.25", Make("deco", 8, "alpha=.25").Settings["alpha"]);
            Assert.Equal("0.5,0.25,0.25,0", Make("pie", 8, "prior=0.5, .25,2.5e-1,0").Settings["prior"]);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void What_is_in_effect_can_be_given_again()
    {
        foreach (var description in StrategyRegistry.All)
        {
            var made = Make(description.Name, 22);
            Assert.Equal(description.Settings.Select(setting => setting.Name).Order(StringComparer.Ordinal), made.Settings.Keys);
            var again = StrategyRegistry.Create(new StrategyChoice(made.Name, made.Settings), new StrategyContext(22, IsGreedy: false));
            Assert.Equal(made.Settings, again.Settings);
            Assert.Equal(made.Lens.Rows.SelectMany(row => row.Terms), again.Lens.Rows.SelectMany(row => row.Terms));
        }
    }

    private static TokenStrategy Make(string name, int layers, params string[] pairs) =>
        StrategyRegistry.Create(StrategyChoice.Parse(name, pairs), new StrategyContext(layers, IsGreedy: true));
}
