namespace Inference.Decoding.Sampling;

/// <summary>
/// The tokens still in the draw, in ascending id. Each filter follows the warper of that name in transformers, with ties decided so
/// that the result is a function of the scores alone. All memory is taken at construction; one instance serves many sequences in turn.
/// </summary>
public sealed class Candidates
{
    private readonly int[] _ids;
    private readonly float[] _scores;
    private readonly double[] _weights;
    private readonly int[] _order;
    private float _best;

    /// <summary>Room for a whole vocabulary.</summary>
    public Candidates(int vocabularySize)
    {
        _ids = new int[vocabularySize];
        _scores = new float[vocabularySize];
        _weights = new double[vocabularySize];
        _order = new int[vocabularySize];
    }

    /// <summary>How many tokens are left.</summary>
    public int Count { get; private set; }

    /// <summary>Ids of the tokens that are left, ascending.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    private ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    /// <summary>Takes every token that is not excluded, its score divided by the temperature.</summary>
    /// <param name="scores">[vocabulary]</param>
    /// <param name="temperature">Positive.</param>
    /// <exception cref="SamplingException">A score is NaN or +infinity, or all are excluded.</exception>
    public void Load(ReadOnlySpan<float> scores, float temperature)
    {
        Count = 0;
        _best = ArgMax.Score(scores) / temperature;
        for (int id = 0; id < scores.Length; id++)
        {
            if (scores[id] <= ArgMax.Excluded) continue;
            _ids[Count] = id;
            _scores[Count++] = scores[id] / temperature;
        }
    }

    /// <summary>Keeps the k best and all that tie with the k-th, as <c>scores &lt; topk(scores)[-1]</c> does in TopKLogitsWarper.</summary>
    public void KeepTopK(int k)
    {
        if (k <= 0 || k >= Count) return;
        float threshold = _scores[RankSelection.Crossing(Scores, [], k, _order)];
        int kept = 0;
        for (int i = 0; i < Count; i++)
            if (_scores[i] >= threshold) Move(i, kept++);
        Count = kept;
    }

    /// <summary>
    /// Keeps the smallest set of best tokens whose probability reaches p, with the token that crosses it (TopPLogitsWarper).
    /// </summary>
    /// <remarks>Of tokens with equal scores at the crossing the lower ids stay. The best token always stays.</remarks>
    public void KeepTopP(float p)
    {
        if (p >= 1 || Count <= 1) return;
        double total = FillWeights();
        int crossing = RankSelection.Crossing(Scores, _weights.AsSpan(0, Count), p * total, _order);
        (float score, int last) = (_scores[crossing], _ids[crossing]);
        int kept = 0;
        for (int i = 0; i < Count; i++)
            if (_scores[i] > score || (_scores[i] == score && _ids[i] <= last)) Move(i, kept++);
        Count = kept;
    }

    /// <summary>
    /// Keeps tokens whose probability is at least p times the best one's (MinPLogitsWarper). The best token always stays.
    /// </summary>
    public void KeepMinP(float p)
    {
        if (p <= 0 || Count <= 1) return;
        FillWeights();
        int kept = 0;
        for (int i = 0; i < Count; i++)
            if (_weights[i] >= p) Move(i, kept++);
        Count = kept;
    }

    /// <summary>The token at which the probabilities, added in ascending id, pass <paramref name="uniform"/>.</summary>
    /// <param name="uniform">A number in [0, 1).</param>
    public int Draw(double uniform)
    {
        double target = uniform * FillWeights(), sum = 0;
        int last = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_weights[i] == 0) continue;
            sum += _weights[i];
            last = i;
            if (sum > target) break;
        }
        return _ids[last];
    }

    // exp(score - best): probabilities up to a factor. The best score survives every filter, so its weight is 1.
    private double FillWeights()
    {
        double total = 0;
        for (int i = 0; i < Count; i++) total += _weights[i] = Math.Exp((double)_scores[i] - _best);
        return total;
    }

    private void Move(int from, int to)
    {
        _ids[to] = _ids[from];
        _scores[to] = _scores[from];
    }
}
