using Inference.Decoding.Probes;

namespace Inference.Grounding.Probes.Training;

/// <summary>Held-out quality of one choice of layers and penalty.</summary>
/// <param name="Layers">What is read.</param>
/// <param name="Penalty">L2 penalty.</param>
/// <param name="Auroc">Over all spans.</param>
/// <param name="AurocWithinPositions">Over pairs at about the same position; what is chosen by.</param>
public readonly record struct CandidateScore(IReadOnlyList<int> Layers, double Penalty, double Auroc, double AurocWithinPositions);

/// <summary>A probe and how it was chosen.</summary>
/// <param name="Probe">Trained on everything.</param>
/// <param name="Candidates">All that were tried, cross-validated.</param>
/// <param name="Chosen">The best of them.</param>
/// <param name="Spans">Spans that were learned from.</param>
/// <param name="Hallucinated">Those that are hallucinated.</param>
/// <param name="Images">Images that they are about.</param>
public sealed record TrainedProbe(
    Probe Probe, IReadOnlyList<CandidateScore> Candidates, CandidateScore Chosen, int Spans, int Hallucinated, int Images)
{
    /// <summary>What a classifier of whole spans on the same layers reaches; null where it was not asked for.</summary>
    public CandidateScore? Moments { get; init; }
}
