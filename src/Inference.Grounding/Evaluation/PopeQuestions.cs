namespace Inference.Grounding.Evaluation;

/// <summary>The questions of POPE and which of them are answered.</summary>
internal sealed class PopeQuestions
{
    private const string OneEach = "one answer to each question";
    private const int MostQuestions = 2_000_000;

    private readonly Dictionary<string, Question> _questions = [];
    private readonly Dictionary<string, int> _images = [];
    private readonly string _name;

    private PopeQuestions(string name) => _name = name;

    public int Count => _questions.Count;

    public int Images => _images.Count;

    /// <summary>Reads JSONL with <c>question_id</c>, <c>image</c>, <c>text</c> and <c>label</c>.</summary>
    /// <exception cref="EvaluationException">A line is something else, an id comes twice, or there is no question.</exception>
    public static PopeQuestions Read(EvaluationSource source)
    {
        var questions = new PopeQuestions(source.Name);
        foreach (var line in JsonLines.Read(source))
        {
            questions.Add(line);
        }

        return questions.Count > 0
            ? questions
            : throw new EvaluationException(source.Name, "no question", "lines with \"question_id\", \"image\", \"text\" and \"label\"");
    }

    /// <summary>Marks a question as answered.</summary>
    /// <returns>The index of its image, and whether yes is right.</returns>
    /// <exception cref="EvaluationException">There is no such question, or it was answered before.</exception>
    public (int Image, bool IsYes) Answer(string id, JsonLine answer)
    {
        var place = $"{answer.Place}: \"question_id\"";
        if (!_questions.TryGetValue(id, out var question))
        {
            throw new EvaluationException(place, EvaluationException.Quote(id), $"the ids of {_name}");
        }

        if (question.AnswerLine != 0)
        {
            var found = $"a second answer to {EvaluationException.Quote(id)}, after line {question.AnswerLine}";
            throw new EvaluationException(place, found, OneEach);
        }

        question.AnswerLine = answer.Number;
        return (question.Image, question.IsYes);
    }

    /// <summary>Refuses answers that leave questions out.</summary>
    /// <exception cref="EvaluationException">A question has no answer; some are named.</exception>
    public void RequireAllAnswered(string answers)
    {
        const int Named = 5;
        var missing = _questions.Where(question => question.Value.AnswerLine == 0).Select(question => question.Key).ToList();
        if (missing.Count > 0)
        {
            var names = string.Join(", ", missing.Take(Named).Select(EvaluationException.Quote)) + (missing.Count > Named ? ", …" : "");
            throw new EvaluationException(answers, $"no answer to {missing.Count} of {Count} questions ({names})", OneEach);
        }
    }

    private void Add(JsonLine line)
    {
        var id = line.Key("question_id");
        var image = line.Key("image");
        _ = line.Text("text");
        var isYes = line.Text("label") switch
        {
            "yes" => true,
            "no" => false,
            var other => throw new EvaluationException($"{line.Place}: \"label\"", EvaluationException.Quote(other), "\"yes\" or \"no\""),
        };
        _images.TryAdd(image, _images.Count);
        if (!_questions.TryAdd(id, new Question(_images[image], isYes, line.Number)))
        {
            var found = $"{EvaluationException.Quote(id)}, which line {_questions[id].Line} has";
            throw new EvaluationException($"{line.Place}: \"question_id\"", found, "an id for each question");
        }

        if (Count > MostQuestions)
        {
            throw new EvaluationException(line.Place, "more questions", $"up to {MostQuestions}");
        }
    }

    private sealed class Question(int image, bool isYes, int line)
    {
        public int Image { get; } = image;

        public bool IsYes { get; } = isYes;

        public int Line { get; } = line;

        public int AnswerLine { get; set; }
    }
}
