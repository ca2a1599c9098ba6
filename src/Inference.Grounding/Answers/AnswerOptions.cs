using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Decoding.Speculation;
using Inference.Grounding.Guard;
using Inference.Grounding.Probes;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Answers;

/// <summary>How an answer is made: how its tokens are chosen, and which whole-answer methods work on it. Any combination.</summary>
public sealed record AnswerOptions
{
    /// <summary>Valid parameters (<see cref="ServedModel.Resolve"/>), cut to the context.</summary>
    public required SamplingParameters Sampling { get; init; }

    /// <summary>Image rows to drop inside the decoder; null keeps all.</summary>
    public PruningPlan? Pruning { get; init; }

    /// <summary>Probes that score the tokens, and from where on they flag something.</summary>
    public IReadOnlyList<ProbeChoice> Probes { get; init; } = [];

    /// <summary>
    /// Guesses tokens ahead; null goes token by token. Only where tokens are not drawn, without a strategy, probes and a guard.
    /// </summary>
    public SpeculationOptions? Speculation { get; init; }

    /// <summary>Checks the claims of the answer and reports a score each; null checks none.</summary>
    public VerificationOptions? Verification { get; init; }

    /// <summary>
    /// Samples of which the one with the fewest rejected claims is the answer; 1 draws once. Above 1 only where tokens are drawn, not
    /// greedy.
    /// </summary>
    public int BestOf { get; init; } = 1;

    /// <summary>Watches the answer sentence by sentence; null does not. Not together with <see cref="BestOf"/>.</summary>
    public GuardOptions? Guard { get; init; }

    /// <summary>Most samples.</summary>
    public const int MostSamples = 16;
}
