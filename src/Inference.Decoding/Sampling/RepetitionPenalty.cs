namespace Inference.Decoding.Sampling;

/// <summary>
/// Makes tokens that were seen less likely: a positive score is divided by the penalty, a negative one multiplied (Keskar et al., CTRL,
/// 2019; RepetitionPenaltyLogitsProcessor in transformers). Seen are the prompt's text tokens and what was generated, each once.
/// </summary>
public sealed class RepetitionPenalty
{
    private readonly float _penalty;
    private readonly ulong[] _seen;

    /// <summary>Nothing seen yet.</summary>
    /// <param name="penalty">Positive; 1 changes nothing.</param>
    /// <param name="vocabularySize">Length of the score rows.</param>
    public RepetitionPenalty(float penalty, int vocabularySize)
    {
        _penalty = penalty;
        _seen = penalty == 1f ? [] : new ulong[(vocabularySize + 63) / 64];
    }

    /// <summary>Notes a token; ids beyond the vocabulary (of a padded tokenizer) are ignored.</summary>
    public void Observe(int id)
    {
        if ((uint)id < (uint)_seen.Length * 64) _seen[id >> 6] |= 1UL << (id & 63);
    }

    /// <summary>Changes the scores of the tokens that were seen, in place.</summary>
    public void Apply(Span<float> scores)
    {
        for (int word = 0; word < _seen.Length; word++)
        {
            for (ulong bits = _seen[word]; bits != 0; bits &= bits - 1)
            {
                int id = (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits);
                // A penalty below 1 must not bring an excluded token back.
                if (id >= scores.Length || scores[id] <= ArgMax.Excluded) continue;
                scores[id] = scores[id] < 0 ? scores[id] * _penalty : scores[id] / _penalty;
            }
        }
    }
}
