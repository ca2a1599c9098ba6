using Inference.Models.Prompts.Profiles;

namespace Inference.Models.Tests.Prompts;

public sealed class ClaimRuleTests
{
    [Fact]
    public void Groups_go_into_the_phrase_and_the_article_fits_what_follows()
    {
        ClaimRule rule = new(@"\b(?<color>red|orange) (?:striped )?(?<shape>ring|star)\b", "{a} ${color} ${shape}");
        var found = rule.Find("there are a small orange striped ring and a Red star").ToArray();
        Assert.Equal([(18, 19, "an orange ring"), (44, 8, "a Red star")], found);
    }

    [Fact]
    public void Matches_of_nothing_are_no_claims() => Assert.Empty(new ClaimRule("x*", "$0").Find("abc"));

    [Fact]
    public void A_pattern_that_would_never_end_with_backtracking_ends() =>
        Assert.Empty(new ClaimRule("(a+)+b", "$0").Find(new string('a', 100_000)));

    [Theory]
    [InlineData("(?=a)b")]
    [InlineData("(a)\\1")]
    [InlineData("(")]
    public void Patterns_that_need_backtracking_are_refused(string pattern) =>
        Assert.ThrowsAny<ArgumentException>(() => new ClaimRule(pattern, "$0"));
}
