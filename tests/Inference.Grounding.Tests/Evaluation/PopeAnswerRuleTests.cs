using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class PopeAnswerRuleTests
{
    [Theory]
    [InlineData("Yes", true, false)]
    [InlineData("yes, there is a dog.", true, false)]
    [InlineData("No", false, false)]
    [InlineData("No, there is no dog.", false, false)]
    [InlineData("There is not a dog in the image.", false, false)]
    [InlineData("There is a dog. No cat.", true, true)]
    [InlineData("There is nothing to see", true, true)]
    [InlineData("I know another", true, true)]
    [InlineData("NO", true, true)]
    [InlineData("no\n", true, true)]
    [InlineData("", true, true)]
    [InlineData(".no", true, true)]
    [InlineData("YES", true, false)]
    public void Answers_are_read_as_the_official_script_reads_them(string answer, bool isYes, bool isUnclear)
    {
        Assert.Equal(isYes, PopeAnswerRule.SaysYes(answer));
        Assert.Equal(isUnclear, PopeAnswerRule.IsUnclear(answer));
    }
}
