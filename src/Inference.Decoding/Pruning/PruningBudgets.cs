using Inference.Models.Vision;

namespace Inference.Decoding.Pruning;

/// <summary>Every method at the same average number of image rows over the blocks: what a fair comparison runs through.</summary>
public static class PruningBudgets
{
    /// <summary>
    /// A choice for each ranking inside the decoder, then for each reduction in front of it; those that cannot meet the budget are left
    /// out.
    /// </summary>
    /// <param name="share">Average share of the rows, in (0, 1].</param>
    /// <param name="layers">Blocks of the model, L. A budget of 1 / L or less is out of reach inside the decoder.</param>
    /// <param name="positions">Positions of the rows that remain inside the decoder.</param>
    public static IEnumerable<(string Name, PruningChoice Choice)> All(double share, int layers, PositionPolicy positions = default)
    {
        if (share * layers > 1 && layers > 1)
        {
            var schedule = new AverageSchedule(share, Math.Min(PruningSchedule.DefaultStages, layers - 1));
            foreach (var ranking in RankingRegistry.All)
            {
                yield return (ranking.Name, new PruningChoice { Schedule = schedule, Ranking = ranking, Positions = positions });
            }
        }

        foreach (var reduction in ReductionRegistry.All)
        {
            yield return ($"before:{reduction.Name}", new PruningChoice { Reduction = new ImageReduction(reduction, share) });
        }
    }
}
