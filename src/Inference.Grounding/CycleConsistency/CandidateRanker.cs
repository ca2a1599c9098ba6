namespace Inference.Grounding.CycleConsistency;

/// <summary>Scores the candidates of one region and picks one. Pure functions.</summary>
public static class CandidateRanker
{
    /// <summary>A score for each candidate, 0 to 1. One that was located nowhere near the region has 0 under every ranking.</summary>
    public static double[] Score(CandidateRanking ranking, IReadOnlyList<CandidateEvidence> candidates)
    {
        var total = candidates.Sum(candidate => candidate.Iou);
        return [.. candidates.Select(candidate => candidate.Iou <= 0 ? 0 : ranking switch
        {
            CandidateRanking.Iou => candidate.Iou,
            CandidateRanking.IouShareConfidence => candidate.Iou / total * candidate.Confidence,
            CandidateRanking.IouShareLikelihood => candidate.Iou / total * (candidate.Likelihood ?? 0),
            _ => throw new ArgumentOutOfRangeException(nameof(ranking), ranking, "A known ranking was expected."),
        })];
    }

    /// <summary>Index of the highest score; of equal ones the first.</summary>
    public static int Best(ReadOnlySpan<double> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
            {
                best = i;
            }
        }

        return best;
    }
}
