namespace Inference.Grounding.CycleConsistency;

/// <summary>How candidates for the description of a region are scored.</summary>
public enum CandidateRanking
{
    /// <summary>IoU of the region and the box that the listener finds.</summary>
    Iou,

    /// <summary>
    /// IoU as a share of the candidates' sum, times the listener's confidence: the rule of Unleash-then-Eliminate (NeurIPS 2024), with
    /// a box instead of a mask.
    /// </summary>
    IouShareConfidence,

    /// <summary>
    /// IoU as a share of the candidates' sum, times the geometric mean of the probabilities of the candidate's own tokens.
    /// </summary>
    IouShareLikelihood,
}
