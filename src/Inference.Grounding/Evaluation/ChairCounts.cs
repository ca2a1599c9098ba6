namespace Inference.Grounding.Evaluation;

/// <summary>What CHAIR counts, of one caption or of many.</summary>
internal readonly record struct ChairCounts(
    long Captions, long WithHallucination, long Mentions, long Hallucinated, long Truth, long Matched, long Words) : ICounts<ChairCounts>
{
    public double? InstanceRate => Mentions == 0 ? null : (double)Hallucinated / Mentions;

    public double? Recall => Truth == 0 ? null : (double)Matched / Truth;

    public ChairCounts Plus(in ChairCounts other) => new(
        Captions + other.Captions,
        WithHallucination + other.WithHallucination,
        Mentions + other.Mentions,
        Hallucinated + other.Hallucinated,
        Truth + other.Truth,
        Matched + other.Matched,
        Words + other.Words);
}
