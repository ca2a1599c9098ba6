using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class ChairScorerTests
{
    // Image 7 shows person and dog, 2239 a bear, 8 nothing.
    private const string Captions = """
        {"image_id": 7, "text": "A man, a woman and a car.", "other": [1]}
        {"image_id": "000000002239.jpg", "text": "A bear."}

        {"image_id": "8", "text": "A dog and a dog"}
        """;

    [Fact]
    public void Rates_follow_from_the_counts()
    {
        var score = Score(Captions);
        Assert.Equal(3, score.Captions);
        Assert.Equal(6, score.Mentions);
        Assert.Equal(2.0 / 3, score.SentenceRate, 12);
        Assert.Equal(3.0 / 6, score.InstanceRate!.Value, 12);
        Assert.Equal(2.0 / 3, score.Recall!.Value, 12);
        Assert.Equal((7 + 2 + 5) / 3.0, score.Length, 12);
    }

    [Fact]
    public void Intervals_hold_the_rates_and_are_the_same_each_time()
    {
        var score = Score(Captions);
        Assert.Equal(score, Score(Captions));
        Assert.InRange(score.SentenceRate, score.SentenceInterval.Low, score.SentenceInterval.High);
        Assert.InRange(score.InstanceRate!.Value, score.InstanceInterval!.Value.Low, score.InstanceInterval.Value.High);
        Assert.InRange(score.Recall!.Value, score.RecallInterval!.Value.Low, score.RecallInterval.Value.High);
        Assert.True(score.InstanceInterval.Value.Low < score.InstanceInterval.Value.High);
    }

    [Fact]
    public void Without_mentions_the_instance_rate_is_undefined_and_not_zero()
    {
        var score = Score("""{"image_id": 8, "text": "Nothing."}""");
        Assert.Null(score.InstanceRate);
        Assert.Null(score.InstanceInterval);
        Assert.Null(score.Recall);
        Assert.Equal(0, score.SentenceRate);
    }

    [Theory]
    [InlineData(
        """{"image_id": 9, "text": "A bear."}""", "c.jsonl line 1: \"image_id\": found \"9\"; allowed: the 4 images of objects.json")]
    [InlineData("\n{\"image_id\": 7}", "c.jsonl line 2: \"text\": found nothing; allowed: a string")]
    [InlineData("""{"image_id": 1.5, "text": ""}""", "c.jsonl line 1: \"image_id\": found 1.5; allowed: a whole number or a string")]
    [InlineData(" \n", "c.jsonl: found no caption; allowed: one or more lines with \"image_id\" and \"text\"")]
    public void What_is_wrong_is_named_with_its_line(string captions, string message)
    {
        var failure = Assert.Throws<EvaluationException>(() => Score(captions));
        Assert.Equal(message, failure.Message);
    }

    private static ChairScore Score(string captions) =>
        ChairScorer.Score(
            Sources.Of("c.jsonl", captions), Sources.Of("objects.json", Sources.Objects), Sources.Of("synonyms.json", Sources.Synonyms));
}
