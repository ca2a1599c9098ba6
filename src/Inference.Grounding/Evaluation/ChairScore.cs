namespace Inference.Grounding.Evaluation;

/// <summary>CHAIR of a set of captions; shares lie in 0..1.</summary>
public sealed record ChairScore
{
    /// <summary>How many captions were scored.</summary>
    public required long Captions { get; init; }

    /// <summary>How many objects the captions mention.</summary>
    public required long Mentions { get; init; }

    /// <summary>Share of captions that mention at least one object which is not there (CHAIR_s).</summary>
    public required double SentenceRate { get; init; }

    /// <summary>Share of mentions whose object is not there (CHAIR_i); null where nothing is mentioned.</summary>
    public required double? InstanceRate { get; init; }

    /// <summary>Share of the objects in the images that their captions mention; null where no image shows any.</summary>
    public required double? Recall { get; init; }

    /// <summary>Mean number of words, without punctuation.</summary>
    public required double Length { get; init; }

    /// <summary>Of <see cref="SentenceRate"/>: Wilson.</summary>
    public required ConfidenceInterval SentenceInterval { get; init; }

    /// <summary>Of <see cref="InstanceRate"/>: bootstrap over captions.</summary>
    public required ConfidenceInterval? InstanceInterval { get; init; }

    /// <summary>Of <see cref="Recall"/>: bootstrap over captions.</summary>
    public required ConfidenceInterval? RecallInterval { get; init; }
}
