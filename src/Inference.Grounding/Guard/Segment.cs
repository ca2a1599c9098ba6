using Inference.Engine;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Guard;

/// <summary>A finished sentence of an answer, or clause.</summary>
/// <param name="Index">0-based place in the answer.</param>
/// <param name="FirstToken">Index of its first token in the answer.</param>
/// <param name="Tokens">Its tokens, at least one.</param>
/// <param name="Text">What they spell.</param>
public sealed record Segment(int Index, int FirstToken, IReadOnlyList<TokenEvent> Tokens, string Text)
{
    /// <summary>Whether there is anything to judge.</summary>
    public bool HasContent => Text.Any(char.IsLetterOrDigit);
}

/// <summary>What a judge says of a segment.</summary>
/// <param name="Score">0 to 1, high is bad; null where there is nothing to say.</param>
/// <param name="Claims">What became of its claims, where they were checked.</param>
/// <param name="SampledTokens">Tokens that the verdict took.</param>
public sealed record SegmentScore(double? Score, IReadOnlyList<ClaimVerdict> Claims, int SampledTokens)
{
    /// <summary>Nothing to say.</summary>
    public static SegmentScore None { get; } = new(null, [], 0);
}

/// <summary>Scores segments. The score is a function of the tokens and of the images alone.</summary>
public interface ISegmentJudge
{
    /// <summary>Scores one; ends early with <see cref="SegmentScore.None"/> when cancelled.</summary>
    Task<SegmentScore> JudgeAsync(Segment segment, CancellationToken cancellationToken);
}
