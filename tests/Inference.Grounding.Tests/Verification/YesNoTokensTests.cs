using Inference.Grounding.Verification;

namespace Inference.Grounding.Tests.Verification;

[Collection(SharedDemo.Name)]
public sealed class YesNoTokensTests(DemoHost demo)
{
    [Fact]
    public void Words_that_are_tokens_of_their_own_count()
    {
        var tokens = demo.Model.YesNo!;
        Assert.Equal(["yes"], tokens.Ids.Take(tokens.YesCount).Select(Text));
        Assert.Equal(["no"], tokens.Ids.Skip(tokens.YesCount).Select(Text).Distinct());
    }

    [Fact]
    public void Words_of_several_tokens_are_told_by_their_first()
    {
        var profile = demo.Model.Profile with { Yes = ["stored"], No = ["inner"] };
        var tokens = YesNoTokens.Find(demo.Model.Tokenizer, profile)!;
        Assert.Equal(["st", "in"], tokens.Ids.Select(Text).Distinct());
    }

    [Fact]
    public void A_vocabulary_that_does_not_tell_them_apart_has_none()
    {
        var profile = demo.Model.Profile with { Yes = ["stored"], No = ["steep"] };
        Assert.Null(YesNoTokens.Find(demo.Model.Tokenizer, profile));
    }

    [Fact]
    public void The_share_of_yes_is_taken_over_all_ways_to_write_the_words()
    {
        var tokens = YesNoTokens.Find(demo.Model.Tokenizer, demo.Model.Profile with { Yes = ["yes", "red"], No = ["no"] })!;
        var logs = tokens.Ids.Select((_, i) => i < tokens.YesCount ? MathF.Log(0.3f) : MathF.Log(0.1f)).ToArray();
        var (yes, no) = (0.3 * tokens.YesCount, 0.1 * (logs.Length - tokens.YesCount));
        var (share, mass) = tokens.Read(logs);
        Assert.Equal((yes / (yes + no), yes + no), (share, mass), new Near());
        Assert.Equal(1, tokens.Read([.. logs.Select((_, i) => i < tokens.YesCount ? -900f : -1000f)]).Yes, 6);
        Assert.Equal((0.5, 0), tokens.Read([.. logs.Select(_ => float.NegativeInfinity)]));
    }

    private string Text(int id) => demo.Model.Tokenizer.Decode([id], skipSpecialTokens: false).Trim();

    private sealed class Near : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) < 1e-6 && Math.Abs(x.Item2 - y.Item2) < 1e-6;

        public int GetHashCode((double, double) value) => 0;
    }
}
