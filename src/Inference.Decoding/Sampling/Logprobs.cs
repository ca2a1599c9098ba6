namespace Inference.Decoding.Sampling;

/// <summary>A token with the natural logarithm of its probability.</summary>
public readonly record struct TokenLogprob(int Id, float Logprob);

/// <summary>
/// Log-probabilities as clients get them: log-softmax of the FINAL logits, before strategy and sampler, so that they mean the same under
/// every method. Sums run in double over ascending ids: the same logits give the same bits.
/// </summary>
public static class Logprobs
{
    /// <summary>Log of the sum of the exponentials of the logits.</summary>
    /// <param name="logits">[vocabulary]; -infinity is a probability of 0.</param>
    /// <exception cref="SamplingException">A logit is NaN or +infinity, or all are excluded.</exception>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double best = ArgMax.Score(logits), sum = 0;
        foreach (float logit in logits) sum += Math.Exp(logit - best);
        return best + Math.Log(sum);
    }

    /// <summary>The log-probability of a token, and of the best ones.</summary>
    /// <param name="logits">[vocabulary], final logits.</param>
    /// <param name="token">The token that was chosen.</param>
    /// <param name="top">Filled with the best tokens, best first, ties to the lower id; at most as long as the vocabulary.</param>
    /// <exception cref="SamplingException">A logit is NaN or +infinity, or all are excluded.</exception>
    public static float Compute(ReadOnlySpan<float> logits, int token, Span<TokenLogprob> top)
    {
        double normalizer = LogSumExp(logits);
        int count = 0;
        for (int id = 0; id < logits.Length && top.Length > 0; id++)
        {
            // Strictly greater: of equal logits the earlier id keeps its place.
            if (count == top.Length && !(logits[id] > top[count - 1].Logprob)) continue;
            int place = count < top.Length ? count++ : count - 1;
            for (; place > 0 && logits[id] > top[place - 1].Logprob; place--) top[place] = top[place - 1];
            top[place] = new TokenLogprob(id, logits[id]);
        }
        for (int i = 0; i < count; i++) top[i] = top[i] with { Logprob = (float)(top[i].Logprob - normalizer) };
        return (float)(logits[token] - normalizer);
    }

    /// <summary>The log-probabilities of some tokens.</summary>
    /// <param name="logits">[vocabulary], final logits.</param>
    /// <param name="tokens">Their ids.</param>
    /// <param name="logprobs">[tokens], filled; -infinity for a probability of 0.</param>
    /// <exception cref="SamplingException">A logit is NaN or +infinity, or all are excluded.</exception>
    public static void Compute(ReadOnlySpan<float> logits, IReadOnlyList<int> tokens, Span<float> logprobs)
    {
        double normalizer = LogSumExp(logits);
        for (int i = 0; i < tokens.Count; i++) logprobs[i] = (float)(logits[tokens[i]] - normalizer);
    }
}
