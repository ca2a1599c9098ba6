namespace Inference.Decoding.Sampling;

/// <summary>
/// The last stage of decoding for one sequence: final logits → strategy scores → this. In order: repetition penalty → temperature →
/// top-k → top-p → min-p → draw. Greedy requests take the arg-max after the penalty, ties to the lower id.
/// </summary>
/// <remarks>
/// A token is a function of the scores, the parameters and the position alone. Nothing is allocated per token. Not safe for concurrent
/// use; <see cref="Candidates"/> may be shared by samplers that run one after another.
/// </remarks>
public sealed class Sampler
{
    private readonly SamplingParameters _parameters;
    private readonly RepetitionPenalty _penalty;
    private readonly Candidates? _candidates;

    /// <summary>A sampler that has seen nothing.</summary>
    /// <param name="parameters">Valid parameters (<see cref="SamplingValidator"/>).</param>
    /// <param name="vocabularySize">Length of the score rows.</param>
    /// <param name="scratch">Working memory for the draw, at least as large as the vocabulary; made here when null and needed.</param>
    public Sampler(SamplingParameters parameters, int vocabularySize, Candidates? scratch = null)
    {
        _parameters = parameters;
        _penalty = new RepetitionPenalty(parameters.RepetitionPenalty, vocabularySize);
        _candidates = parameters.IsGreedy ? null : scratch ?? new Candidates(vocabularySize);
    }

    /// <summary>
    /// Notes a text token of the prompt or a token fed back for the repetition penalty. Image tokens are not to be passed.
    /// </summary>
    public void Observe(int id) => _penalty.Observe(id);

    /// <summary>Notes the prompt's text tokens for the repetition penalty.</summary>
    /// <param name="inputIds">The prompt after expansion of its images.</param>
    /// <param name="imageTokenId">The token that stands for image rows; it is left out.</param>
    public void ObservePrompt(ReadOnlySpan<int> inputIds, int imageTokenId)
    {
        foreach (int id in inputIds)
            if (id != imageTokenId) _penalty.Observe(id);
    }

    /// <summary>Chooses the token of a position and notes it for the penalty.</summary>
    /// <param name="scores">[vocabulary], the strategy's scores; changed in place.</param>
    /// <param name="position">0-based index of the token among the generated ones; with the seed it keys the random number.</param>
    /// <exception cref="SamplingException">A score is NaN or +infinity, or all are excluded.</exception>
    public int Sample(Span<float> scores, int position)
    {
        _penalty.Apply(scores);
        int token = _candidates is null ? ArgMax.Index(scores) : Draw(_candidates, scores, position);
        _penalty.Observe(token);
        return token;
    }

    private int Draw(Candidates candidates, ReadOnlySpan<float> scores, int position)
    {
        candidates.Load(scores, _parameters.Temperature);
        candidates.KeepTopK(_parameters.TopK);
        candidates.KeepTopP(_parameters.TopP);
        candidates.KeepMinP(_parameters.MinP);
        return candidates.Draw(Philox4x32.Uniform(_parameters.Seed, (ulong)position));
    }
}
