namespace Inference.Grounding.Importance;

/// <summary>How useful layers are held to be for telling regions apart (PIE of Unleash-then-Eliminate, NeurIPS 2024).</summary>
/// <param name="Layers">Hidden states: 0 the embeddings, L the last block before the final norm.</param>
/// <param name="Prior">For each of them the share of the winners' scores, summing to 1.</param>
/// <param name="StandardError">Of each share, over bootstrap draws of the regions.</param>
/// <param name="Regions">Regions it was estimated from.</param>
public sealed record LayerPrior(IReadOnlyList<int> Layers, IReadOnlyList<double> Prior, IReadOnlyList<double> StandardError, int Regions);
