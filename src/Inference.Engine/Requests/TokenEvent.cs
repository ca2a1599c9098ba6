using Inference.Decoding.Sampling;

namespace Inference.Engine;

/// <summary>A token that was sampled, and the text that became certain with it.</summary>
/// <param name="Index">0-based position among the generated tokens, those of a continuation included.</param>
/// <param name="Id">Token id.</param>
/// <param name="Text">Complete UTF-16 text, possibly empty: what may still become a stop string or half a character is held back.</param>
/// <param name="Logprob">Natural log-probability under the final logits, before strategy and sampler; NaN when not asked for.</param>
/// <param name="TopLogprobs">The best tokens by the same measure, best first; empty when not asked for.</param>
public sealed record TokenEvent(int Index, int Id, string Text, float Logprob, IReadOnlyList<TokenLogprob> TopLogprobs)
{
    /// <summary>From the request's submission to the choice of the token.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>
    /// What the request's probes say of the token, in their order. Absent is unscored: without probes, for the model's end token, which
    /// nothing follows, for the last token of a request that was ended from outside, and where a score is no finite number.
    /// </summary>
    public IReadOnlyList<ProbeScore> Scores { get; init; } = [];

    /// <summary>
    /// Log-probabilities of <see cref="GenerationRequest.WatchedTokens"/> in their order, by the same measure; -infinity is a probability
    /// of 0.
    /// </summary>
    public IReadOnlyList<float> WatchedLogprobs { get; init; } = [];
}
