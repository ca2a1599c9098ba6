namespace Inference.Grounding.Evaluation;

/// <summary>
/// POPE: yes/no questions about objects (Li et al., "Evaluating Object Hallucination in Large Vision-Language Models", EMNLP 2023).
/// Memory grows with the questions, not with the text of the answers.
/// </summary>
public static class PopeScorer
{
    /// <summary>
    /// Scores JSONL answers <c>{question_id, text}</c> of JSONL questions <c>{question_id, image, text, label}</c>, joined by id, in any
    /// order.
    /// </summary>
    /// <exception cref="EvaluationException">A line is something else, or an answer is missing, given twice or to no question.</exception>
    public static PopeScore Score(EvaluationSource answers, EvaluationSource questions)
    {
        var asked = PopeQuestions.Read(questions);
        var images = new PopeCounts[asked.Images];
        var unclear = 0L;
        foreach (var line in JsonLines.Read(answers))
        {
            var (image, isYes) = asked.Answer(line.Key("question_id"), line);
            var text = line.Text("text");
            images[image] = images[image].Plus(PopeCounts.Of(PopeAnswerRule.SaysYes(text), isYes));
            unclear += PopeAnswerRule.IsUnclear(text) ? 1 : 0;
        }

        asked.RequireAllAnswered(answers.Name);
        return Summarize(images, unclear);
    }

    private static PopeScore Summarize(PopeCounts[] images, long unclear)
    {
        var sum = images.Aggregate(default(PopeCounts), (total, image) => total.Plus(image));
        var draws = Bootstrap.Draw(images);
        var accuracy = (double)sum.Right / sum.Answers;

        // All right or all wrong, every draw is the same and would claim certainty; an image counts as one trial then.
        var accuracyInterval = sum.Right == 0 || sum.Right == sum.Answers
            ? ConfidenceInterval.Wilson(accuracy, images.Length)
            : Bootstrap.Interval(draws, draw => draw.Accuracy)!.Value;
        return new PopeScore
        {
            Questions = sum.Answers,
            Images = images.Length,
            Unclear = unclear,
            Accuracy = accuracy,
            Precision = sum.Precision,
            Recall = sum.Recall,
            F1 = sum.F1,
            YesRatio = sum.YesRatio ?? 0,
            AccuracyInterval = accuracyInterval,
            F1Interval = Bootstrap.Interval(draws, draw => draw.F1),
        };
    }
}
