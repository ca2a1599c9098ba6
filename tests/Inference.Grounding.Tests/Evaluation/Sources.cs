using System.Text;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

/// <summary>Small evaluation files in memory.</summary>
internal static class Sources
{
    public const string Synonyms = """
        {"mscoco_objects": ["person"],
         "inverse_synonyms": {"": "", "person": "person", "man": "person", "woman": "person", "child": "person", "children": "person", "people": "person", "baby": "person",
            "passenger": "person", "bear": "bear", "train": "train", "toilet": "toilet", "chair": "chair", "seat": "chair", "mouse": "mouse", "knife": "knife",
            "bench": "bench", "bus": "bus", "skis": "skis", "ski": "skis", "car": "car", "tie": "tie", "puppy": "dog", "dog": "dog", "wine glass": "wine glass",
            "hot dog": "hot dog", "scissors": "scissors", " cheesecake": "cake", "cake": "cake"},
         "double_words": {"hot dog": "hot dog", "baby bear": "bear", "passenger train": "train", "toilet seat": "toilet", "wine glass": "wine glass", "bow tie": "tie",
            "train track": "train track", "stove top oven": "stove top oven"}}
        """;

    public const string Objects = """
        {"info": {"ignored": [1, {"deep": null}]}, "objects": {"7": ["person", "dog"], "2239": ["bear"], "0": ["car"], "8": []}}
        """;

    public static ChairVocabulary Vocabulary() => ChairVocabulary.Read(Of("synonyms.json", Synonyms));

    public static ChairGroundTruth GroundTruth() => ChairGroundTruth.Read(Of("objects.json", Objects), Vocabulary());

    public static EvaluationSource Of(string name, string text) => Of(name, Encoding.UTF8.GetBytes(text));

    public static EvaluationSource Of(string name, byte[] bytes) => new(name, new MemoryStream(bytes));

    /// <summary>A file whose reads give one byte each.</summary>
    public static EvaluationSource Dripping(string name, string text) => new(name, new DrippingStream(Encoding.UTF8.GetBytes(text)));

    private sealed class DrippingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
