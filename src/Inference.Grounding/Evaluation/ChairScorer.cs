namespace Inference.Grounding.Evaluation;

/// <summary>
/// CHAIR: object hallucination of captions against annotated images (Rohrbach et al., EMNLP 2018), with the recall that
/// Maxlinn/CHAIR-metric-standalone added.
/// An image may have several captions; each counts. Memory grows by one record of counts per caption.
/// </summary>
public sealed class ChairScorer(ChairVocabulary vocabulary, ChairGroundTruth truth)
{
    private const int MostCaptions = 2_000_000;

    private readonly ChairExtractor _extractor = new(vocabulary);
    private readonly List<ChairCounts> _captions = [];

    /// <summary>Scores a file of captions: JSONL with <c>image_id</c> and <c>text</c>; other members are passed over.</summary>
    /// <exception cref="EvaluationException">A line is something else, an image has no annotation, or there is no caption.</exception>
    public static ChairScore Score(EvaluationSource captions, EvaluationSource objects, EvaluationSource synonyms)
    {
        var vocabulary = ChairVocabulary.Read(synonyms);
        var scorer = new ChairScorer(vocabulary, ChairGroundTruth.Read(objects, vocabulary));
        foreach (var line in JsonLines.Read(captions))
        {
            scorer.Add(line.Key("image_id"), line.Text("text"), line.Place);
        }

        return scorer.Complete(captions.Name);
    }

    /// <summary>Counts one caption; <paramref name="place"/> is where messages say that it stands.</summary>
    /// <exception cref="EvaluationException">The image has no annotation.</exception>
    public void Add(string image, string caption, string place)
    {
        if (!truth.TryFind(image, out var present))
        {
            var allowed = $"the {truth.Images} images of {truth.Name}";
            throw new EvaluationException($"{place}: \"image_id\"", EvaluationException.Quote(image), allowed);
        }

        if (_captions.Count == MostCaptions)
        {
            throw new EvaluationException(place, "more captions", $"up to {MostCaptions}");
        }

        var objects = _extractor.Extract(caption);
        var hallucinated = 0;
        HashSet<int> matched = [];
        foreach (var mention in objects.Mentions)
        {
            if (present.Contains(mention.Node))
            {
                matched.Add(mention.Node);
            }
            else
            {
                hallucinated++;
            }
        }

        _captions.Add(new ChairCounts(
            Captions: 1,
            WithHallucination: Math.Min(hallucinated, 1),
            Mentions: objects.Mentions.Count,
            Hallucinated: hallucinated,
            Truth: present.Length,
            Matched: matched.Count,
            Words: objects.Words));
    }

    /// <summary>The score of what was added; <paramref name="name"/> is what messages call the captions.</summary>
    /// <exception cref="EvaluationException">Nothing was added.</exception>
    public ChairScore Complete(string name)
    {
        var sum = _captions.Aggregate(default(ChairCounts), (total, caption) => total.Plus(caption));
        if (sum.Captions == 0)
        {
            throw new EvaluationException(name, "no caption", "one or more lines with \"image_id\" and \"text\"");
        }

        var draws = Bootstrap.Draw(_captions);
        var sentenceRate = (double)sum.WithHallucination / sum.Captions;
        return new ChairScore
        {
            Captions = sum.Captions,
            Mentions = sum.Mentions,
            SentenceRate = sentenceRate,
            InstanceRate = sum.InstanceRate,
            Recall = sum.Recall,
            Length = (double)sum.Words / sum.Captions,
            SentenceInterval = ConfidenceInterval.Wilson(sentenceRate, sum.Captions),
            InstanceInterval = Bootstrap.Interval(draws, draw => draw.InstanceRate),
            RecallInterval = Bootstrap.Interval(draws, draw => draw.Recall),
        };
    }
}
