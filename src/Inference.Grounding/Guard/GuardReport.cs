using Inference.Grounding.Verification;

namespace Inference.Grounding.Guard;

/// <summary>What became of a sentence.</summary>
public enum SegmentOutcome
{
    /// <summary>Its score is not over the threshold, or it has none.</summary>
    Accepted,

    /// <summary>Over the threshold, and it stays: nothing was to be done, or nothing better was found.</summary>
    Flagged,

    /// <summary>An alternative took the place of what was there first.</summary>
    Replaced,

    /// <summary>The answer ends in front of it.</summary>
    Removed,
}

/// <summary>The guard's word on a sentence.</summary>
/// <param name="Index">0-based place in the answer.</param>
/// <param name="FirstToken">Index of its first token.</param>
/// <param name="Tokens">Number of its tokens; those of a removed one are no part of the answer.</param>
/// <param name="Text">Its text.</param>
/// <param name="Score">0 to 1; null without one.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Alternatives">How many were sampled.</param>
/// <param name="Rejected">What it replaces, or null; and the score of that.</param>
/// <param name="RejectedScore">Score of <paramref name="Rejected"/>.</param>
public sealed record SegmentVerdict(
    int Index, int FirstToken, int Tokens, string Text, double? Score, SegmentOutcome Outcome, int Alternatives = 0,
    string? Rejected = null, double? RejectedScore = null)
{
    /// <summary>What became of its claims, where they were checked.</summary>
    public IReadOnlyList<ClaimVerdict> Claims { get; init; } = [];
}

/// <summary>What the guard did to an answer.</summary>
/// <param name="Segments">One verdict a sentence, in order.</param>
/// <param name="DiscardedTokens">Tokens of rejected sentences and of alternatives that were not taken.</param>
/// <param name="IsExhausted">Whether sentences stayed because the budget of tokens was spent.</param>
public sealed record GuardReport(IReadOnlyList<SegmentVerdict> Segments, int DiscardedTokens, bool IsExhausted);
