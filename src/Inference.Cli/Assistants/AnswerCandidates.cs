using Inference.Grounding;

namespace Inference.Cli.Assistants;

/// <summary>
/// The candidates for a description, in the order in which they were asked for, and the index of the one that is the answer.
/// </summary>
internal sealed record AnswerCandidates(IReadOnlyList<AnswerCandidate> All, int Winner);

/// <summary>A candidate for a description.</summary>
internal sealed record AnswerCandidate
{
    /// <summary>The description.</summary>
    public required string Text { get; init; }

    /// <summary>Its tokens, a final stop token included.</summary>
    public required int CompletionTokens { get; init; }

    /// <summary>Where the listener found it, in the space of the region; null where it wrote no box.</summary>
    public LocatedBox? Located { get; init; }

    /// <summary>Of the region and that box.</summary>
    public required double Iou { get; init; }

    /// <summary>What it is ranked by.</summary>
    public required double Score { get; init; }

    /// <summary>Name of the strategy, or null.</summary>
    public string? Strategy { get; init; }

    /// <summary>Every setting of the strategy.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>0: greedy.</summary>
    public required double Temperature { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }
}
