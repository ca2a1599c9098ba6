using System.Text;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

/// <summary>Damaged files are refused by name or read; nothing else comes out.</summary>
public sealed class EvaluationFuzzTests
{
    private const int Rounds = 2000;

    [Fact]
    public void Damaged_synonyms_are_refused_or_read() => Damage(Sources.Synonyms, source => ChairVocabulary.Read(source));

    [Fact]
    public void Damaged_objects_are_refused_or_read()
    {
        var vocabulary = Sources.Vocabulary();
        Damage(Sources.Objects, source => ChairGroundTruth.Read(source, vocabulary));
    }

    [Fact]
    public void Damaged_lines_are_refused_or_read()
    {
        const string Question = """{"question_id": 1, "image": "a\u0041.jpg", "text": "Is there a dog?", "label": "yes"}""";
        Damage(Question, source => PopeScorer.Score(Sources.Of("a.jsonl", """{"question_id": 1, "text": "no"}"""), source));
    }

    private static void Damage(string text, Action<EvaluationSource> read)
    {
        var random = new Random(20);
        var (refused, whole) = (0, Encoding.UTF8.GetBytes(text));
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = whole[..random.Next(whole.Length / 2, whole.Length + 1)];
            for (var change = random.Next(4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                read(Sources.Of("damaged", bytes));
            }
            catch (EvaluationException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, Rounds);
    }
}
