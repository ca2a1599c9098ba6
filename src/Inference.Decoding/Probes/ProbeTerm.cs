namespace Inference.Decoding.Probes;

/// <summary>What a probe reads of one layer.</summary>
/// <param name="Layer">hidden[Layer]: 0 the embeddings, L the last block before the final norm.</param>
/// <param name="Weights">One factor a feature, [width]; a standardiser is folded in (w = w′ / σ).</param>
public sealed record ProbeTerm(int Layer, ReadOnlyMemory<float> Weights);
