using Inference.Engine;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Guard;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Answers;

/// <summary>A finished answer.</summary>
/// <param name="Text">The whole text.</param>
/// <param name="Tokens">Its tokens, a final stop token included.</param>
/// <param name="Generation">How it ended and what it took; where several generations made it, all together.</param>
public sealed record AnswerResult(string Text, IReadOnlyList<TokenEvent> Tokens, GenerationResult Generation)
{
    /// <summary>The same without what methods say of it.</summary>
    public Transcript Transcript => new(Text, Tokens, Generation);

    /// <summary>What became of its claims; null where none were to be checked, or where the answer was cut off before they were.</summary>
    public ClaimVerdicts? Claims { get; init; }

    /// <summary>What the sentence guard did; null without one. An answer that it ended has <see cref="FinishReason.Until"/>.</summary>
    public GuardReport? Guard { get; init; }
}
