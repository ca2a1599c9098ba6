namespace Inference.Decoding.Sampling;

/// <summary>The best score of a row.</summary>
public static class ArgMax
{
    /// <summary>Scores at or below this exclude their token; strategies write it (or -infinity).</summary>
    public const float Excluded = -1e30f;

    /// <summary>Index of the largest score, ties to the lower index.</summary>
    /// <exception cref="SamplingException">A score is NaN or +infinity, or all are excluded.</exception>
    public static int Index(ReadOnlySpan<float> scores)
    {
        float best = Excluded;
        int index = -1;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > best) (best, index) = (scores[i], i);
            else if (float.IsNaN(scores[i])) throw new SamplingException($"the score of token {i} is not a number");
        }
        if (index < 0) throw new SamplingException("every token is excluded");
        if (float.IsPositiveInfinity(best)) throw new SamplingException($"the score of token {index} is infinite");
        return index;
    }

    /// <summary>The largest score; errors as for <see cref="Index"/>.</summary>
    public static float Score(ReadOnlySpan<float> scores) => scores[Index(scores)];
}
