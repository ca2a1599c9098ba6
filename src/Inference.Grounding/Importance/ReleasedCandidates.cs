using System.Text.Json;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Importance;

/// <summary>
/// Reads candidates as Unleash-then-Eliminate released them: a JSON array of <c>{"layer", "iou", "sam_score", …}</c> in which so many
/// consecutive entries are one region. The released overlaps are no shares and may exceed 1; only their proportions within a region
/// count.
/// </summary>
public static class ReleasedCandidates
{
    private const int Most = 10_000_000;

    /// <summary>
    /// The candidates of each region in file order, with the reference's score: share of the overlap times the listener's confidence.
    /// </summary>
    /// <param name="source">The file.</param>
    /// <param name="perRegion">Entries of a region.</param>
    /// <exception cref="EvaluationException">The file is something else.</exception>
    public static IReadOnlyList<IReadOnlyList<LayerOutcome>> Read(EvaluationSource source, int perRegion)
    {
        var json = new JsonStream(source);
        Expect(json.Read() && json.Kind == JsonTokenType.StartArray, source.Name, "something else", "a JSON array of candidates");
        List<(int Layer, CandidateEvidence Evidence)> entries = [];
        while (json.Read() && json.Kind != JsonTokenType.EndArray)
        {
            var place = $"{source.Name} entry {entries.Count}";
            Expect(
                json.Kind == JsonTokenType.StartObject && entries.Count < Most, place, "something else",
                $"an object, at most {Most} of them");
            entries.Add(ReadEntry(json, place));
        }

        var isWhole = entries.Count > 0 && entries.Count % perRegion == 0;
        Expect(isWhole, source.Name, $"{entries.Count} entries", $"a multiple of {perRegion}, the candidates of a region");
        return [.. entries.Chunk(perRegion).Select(Score)];
    }

    private static LayerOutcome[] Score((int Layer, CandidateEvidence Evidence)[] region)
    {
        var scores = CandidateRanker.Score(CandidateRanking.IouShareConfidence, [.. region.Select(entry => entry.Evidence)]);
        return [.. region.Select((entry, i) => new LayerOutcome(entry.Layer, scores[i]))];
    }

    private static (int Layer, CandidateEvidence Evidence) ReadEntry(JsonStream json, string place)
    {
        double? layer = null, overlap = null, confidence = null;
        while (json.Read() && json.Kind != JsonTokenType.EndObject)
        {
            switch (json.Text)
            {
                case "layer":
                    layer = Number(json, $"{place}: \"layer\"");
                    break;
                case "iou":
                    overlap = Number(json, $"{place}: \"iou\"");
                    break;
                case "sam_score":
                    confidence = Number(json, $"{place}: \"sam_score\"");
                    break;
                default:
                    json.SkipValue();
                    break;
            }
        }

        var isWhole = layer is not null && overlap is not null && confidence is not null;
        Expect(isWhole, place, "an object without one of them", "\"layer\", \"iou\" and \"sam_score\"");
        Expect(layer == (int)layer!.Value, place, $"layer {layer}", "a whole number");
        return ((int)layer.Value, new CandidateEvidence(overlap!.Value, confidence!.Value));
    }

    // Of 0 or more, and small enough that sums stay finite.
    private static double Number(JsonStream json, string place)
    {
        json.Read();
        Expect(json.Number is >= 0 and <= 1e9, place, json.Number is { } number ? $"{number}" : "something else", "a number of 0 to 1e9");
        return json.Number!.Value;
    }

    private static void Expect(bool holds, string place, string found, string allowed)
    {
        if (!holds)
        {
            throw new EvaluationException(place, found, allowed);
        }
    }
}
