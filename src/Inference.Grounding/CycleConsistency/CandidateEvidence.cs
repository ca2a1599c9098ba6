namespace Inference.Grounding.CycleConsistency;

/// <summary>What a candidate is ranked by; no IoU and no confidence where the listener wrote no box that can be read.</summary>
/// <param name="Iou">Of the region and the box that the listener found, 0 to 1.</param>
/// <param name="Confidence">Of the listener in that box, 0 to 1.</param>
/// <param name="Likelihood">Geometric mean of the probabilities of the candidate's tokens, 0 to 1; null where the ranking does not use
/// it.</param>
public readonly record struct CandidateEvidence(double Iou, double Confidence, double? Likelihood = null);
