using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class PopeScorerTests
{
    private const string Questions = """
        {"question_id": 1, "image": "a.jpg", "text": "Is there a dog in the image?", "label": "yes"}
        {"question_id": 2, "image": "a.jpg", "text": "Is there a cat in the image?", "label": "no"}
        {"question_id": 3, "image": "b.jpg", "text": "Is there a dog in the image?", "label": "yes"}
        {"question_id": 4, "image": "b.jpg", "text": "Is there a car in the image?", "label": "no"}
        {"question_id": "x", "image": "c.jpg", "text": "Is there a bus in the image?", "label": "yes"}
        """;

    [Fact]
    public void Scores_follow_from_the_four_counts_whatever_the_order_of_the_answers()
    {
        var score = Score(("x", "Yes"), ("4", "No"), ("3", "no"), ("2", "Maybe"), ("1", "Yes, it is."));

        // TP 2, FP 1, TN 1, FN 1
        Assert.Equal(3.0 / 5, score.Accuracy, 12);
        Assert.Equal(2.0 / 3, score.Precision!.Value, 12);
        Assert.Equal(2.0 / 3, score.Recall!.Value, 12);
        Assert.Equal(2.0 / 3, score.F1!.Value, 12);
        Assert.Equal(3.0 / 5, score.YesRatio, 12);
        Assert.Equal((5, 3, 1), (score.Questions, score.Images, score.Unclear));
        Assert.InRange(score.Accuracy, score.AccuracyInterval.Low, score.AccuracyInterval.High);
        Assert.True(score.AccuracyInterval.Low < score.AccuracyInterval.High);
    }

    [Fact]
    public void Always_yes_has_full_recall_and_the_share_of_yes_labels_as_accuracy()
    {
        var score = Score(("1", "Yes"), ("2", "Yes"), ("3", "Yes"), ("4", "Yes"), ("x", "Yes"));
        Assert.Equal((3.0 / 5, 3.0 / 5, 1.0, 1.0), (score.Accuracy, score.Precision, score.Recall, score.YesRatio));
    }

    [Fact]
    public void Always_no_leaves_precision_undefined()
    {
        var score = Score(("1", "No"), ("2", "No"), ("3", "No"), ("4", "No"), ("x", "No"));
        Assert.Null(score.Precision);
        Assert.Equal((2.0 / 5, 0.0, 0.0, 0.0), (score.Accuracy, score.Recall, score.F1, score.YesRatio));
    }

    [Fact]
    public void All_right_answers_are_no_proof_of_certainty()
    {
        var score = Score(("1", "yes"), ("2", "no"), ("3", "yes"), ("4", "no"), ("x", "yes"));
        Assert.Equal((1.0, 1.0), (score.Accuracy, score.F1));
        Assert.Equal(ConfidenceInterval.Wilson(1, 3), score.AccuracyInterval);
    }

    [Fact]
    public void Missing_answers_are_counted_and_named()
    {
        var failure = Assert.Throws<EvaluationException>(() => Score(("1", "yes"), ("4", "no"), ("2", "no")));
        Assert.Equal("""a.jsonl: found no answer to 2 of 5 questions ("3", "x"); allowed: one answer to each question""", failure.Message);
    }

    [Fact]
    public void A_second_answer_names_both_lines()
    {
        var failure = Assert.Throws<EvaluationException>(() => Score(("1", "yes"), ("2", "no"), ("1", "no")));
        Assert.Equal(
            """a.jsonl line 3: "question_id": found a second answer to "1", after line 1; allowed: one answer to each question""",
            failure.Message);
    }

    [Fact]
    public void An_answer_to_no_question_is_named()
    {
        var failure = Assert.Throws<EvaluationException>(() => Score(("77", "yes")));
        Assert.Equal("""a.jsonl line 1: "question_id": found "77"; allowed: the ids of q.jsonl""", failure.Message);
    }

    [Theory]
    [InlineData(
        """{"question_id": 1, "image": "a", "text": "?", "label": "Yes"}""",
        "q.jsonl line 1: \"label\": found \"Yes\"; allowed: \"yes\" or \"no\"")]
    [InlineData("""{"question_id": 1, "image": "a", "label": "yes"}""", "q.jsonl line 1: \"text\": found nothing; allowed: a string")]
    [InlineData(
        """{"question_id": null, "image": "a"}""", "q.jsonl line 1: \"question_id\": found null; allowed: a whole number or a string")]
    [InlineData("", "q.jsonl: found no question; allowed: lines with \"question_id\", \"image\", \"text\" and \"label\"")]
    public void Wrong_questions_are_named(string questions, string message)
    {
        var failure = Assert.Throws<EvaluationException>(
            () => PopeScorer.Score(Sources.Of("a.jsonl", ""), Sources.Of("q.jsonl", questions)));
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void An_id_that_comes_twice_names_both_lines()
    {
        const string Line = """{"question_id": 1, "image": "a", "text": "?", "label": "yes"}""";
        var failure = Assert.Throws<EvaluationException>(
            () => PopeScorer.Score(Sources.Of("a.jsonl", ""), Sources.Of("q.jsonl", Line + "\n" + Line)));
        Assert.StartsWith("q.jsonl line 2: \"question_id\": found \"1\", which line 1 has", failure.Message);
    }

    private static PopeScore Score(params (string Id, string Text)[] answers)
    {
        var lines = answers.Select(answer => $$"""{"question_id": "{{answer.Id}}", "text": "{{answer.Text}}"}""");
        return PopeScorer.Score(Sources.Of("a.jsonl", string.Join('\n', lines)), Sources.Of("q.jsonl", Questions));
    }
}
