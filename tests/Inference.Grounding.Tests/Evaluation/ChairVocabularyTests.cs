using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class ChairVocabularyTests
{
    [Fact]
    public void Nodes_are_named_once_and_the_empty_one_is_left_out()
    {
        var nodes = Sources.Vocabulary().Nodes;
        Assert.Equal(nodes.Distinct(), nodes);
        Assert.Contains("person", nodes);
        Assert.DoesNotContain("", nodes);
    }

    [Theory]
    [InlineData("[]", "\"inverse_synonyms\": found nothing")]
    [InlineData("{\"inverse_synonyms\": []}", "\"inverse_synonyms\": found an array")]
    [InlineData("{\"inverse_synonyms\": {\"cat\": 1}}", "\"cat\": found a number")]
    [InlineData("{\"inverse_synonyms\": {}}", "\"double_words\": found nothing")]
    [InlineData("{", "found text that is not JSON")]
    [InlineData("{\"inverse_synonyms\": {\"cat\": \"\\ud800\"}}", "found a string that is not Unicode")]
    public void What_is_wrong_is_named(string text, string message)
    {
        var failure = Assert.Throws<EvaluationException>(() => ChairVocabulary.Read(Sources.Of("s.json", text)));
        Assert.StartsWith("s.json: ", failure.Message);
        Assert.Contains(message, failure.Message);
    }
}
