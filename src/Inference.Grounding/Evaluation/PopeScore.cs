namespace Inference.Grounding.Evaluation;

/// <summary>POPE of a set of answers with yes as the positive class; shares lie in 0..1.</summary>
public sealed record PopeScore
{
    /// <summary>How many questions were answered: all.</summary>
    public required long Questions { get; init; }

    /// <summary>How many images they ask about.</summary>
    public required int Images { get; init; }

    /// <summary>Answers that count as yes without saying it (<see cref="PopeAnswerRule.IsUnclear"/>).</summary>
    public required long Unclear { get; init; }

    /// <summary>Share of right answers.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Share of right ones among the answers that say yes; null where none does.</summary>
    public required double? Precision { get; init; }

    /// <summary>Share of the questions whose label is yes that are answered so; null where none has it.</summary>
    public required double? Recall { get; init; }

    /// <summary>Harmonic mean of precision and recall; null where neither an answer nor a label is yes.</summary>
    public required double? F1 { get; init; }

    /// <summary>Share of answers that say yes.</summary>
    public required double YesRatio { get; init; }

    /// <summary>Of <see cref="Accuracy"/>: bootstrap over images, whose questions are not independent.</summary>
    public required ConfidenceInterval AccuracyInterval { get; init; }

    /// <summary>Of <see cref="F1"/>: bootstrap over images.</summary>
    public required ConfidenceInterval? F1Interval { get; init; }
}
