namespace Inference.Decoding.Layers;

/// <summary>The likeliest tokens of a row of logits.</summary>
internal static class TopTokens
{
    /// <summary>The k best tokens, cut where their probabilities first add up to <paramref name="p"/>; at least one.</summary>
    /// <param name="logits">[vocabulary]</param>
    /// <param name="logSum">ln Σ e^logits.</param>
    /// <param name="k">Most tokens.</param>
    /// <param name="p">Probability to reach.</param>
    /// <param name="ids">Filled with the tokens, best first, ties to the lower id.</param>
    /// <returns>How many.</returns>
    public static int Select(ReadOnlySpan<float> logits, float logSum, int k, double p, Span<int> ids)
    {
        k = Math.Min(k, logits.Length);
        var count = 0;
        var last = float.NegativeInfinity;
        for (var id = 0; id < logits.Length; id++)
        {
            // Strictly greater: of equal logits the earlier id keeps its place.
            if (count == k && !(logits[id] > last))
            {
                continue;
            }

            var place = count < k ? count++ : count - 1;
            for (; place > 0 && logits[id] > logits[ids[place - 1]]; place--)
            {
                ids[place] = ids[place - 1];
            }

            ids[place] = id;
            last = logits[ids[count - 1]];
        }

        var sum = 0f;
        for (var i = 0; i < count; i++)
        {
            sum += MathF.Exp(logits[ids[i]] - logSum);
            if (sum >= p)
            {
                return i + 1;
            }
        }

        return count;
    }
}
