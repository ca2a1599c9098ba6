namespace Inference.Grounding.Evaluation;

/// <summary>Right and wrong answers with yes as the positive class, of one image or of many.</summary>
internal readonly record struct PopeCounts(long TruePositive, long FalsePositive, long TrueNegative, long FalseNegative)
    : ICounts<PopeCounts>
{
    public long Answers => TruePositive + FalsePositive + TrueNegative + FalseNegative;

    public long Right => TruePositive + TrueNegative;

    public double? Accuracy => Share(Right, Answers);

    public double? Precision => Share(TruePositive, TruePositive + FalsePositive);

    public double? Recall => Share(TruePositive, TruePositive + FalseNegative);

    public double? F1 => Share(2 * TruePositive, (2 * TruePositive) + FalsePositive + FalseNegative);

    public double? YesRatio => Share(TruePositive + FalsePositive, Answers);

    public static PopeCounts Of(bool said, bool isYes) => (said, isYes) switch
    {
        (true, true) => new PopeCounts(1, 0, 0, 0),
        (true, false) => new PopeCounts(0, 1, 0, 0),
        (false, false) => new PopeCounts(0, 0, 1, 0),
        (false, true) => new PopeCounts(0, 0, 0, 1),
    };

    public PopeCounts Plus(in PopeCounts other) => new(
        TruePositive + other.TruePositive,
        FalsePositive + other.FalsePositive,
        TrueNegative + other.TrueNegative,
        FalseNegative + other.FalseNegative);

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
