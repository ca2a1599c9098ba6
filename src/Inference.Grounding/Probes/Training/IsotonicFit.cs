using Inference.Decoding.Probes;

namespace Inference.Grounding.Probes.Training;

/// <summary>
/// Isotonic regression of labels on logits by pool-adjacent-violators (Zadrozny and Elkan 2002), with knots as scikit-learn keeps them:
/// the ends of every level
/// of the fitted steps.
/// </summary>
internal static class IsotonicFit
{
    /// <summary>The map from held-out logits to probabilities.</summary>
    public static IsotonicCalibration Fit(IReadOnlyList<CalibrationPoint> points)
    {
        List<Block> blocks = [];
        foreach (var tie in points.GroupBy(point => point.Logit).OrderBy(group => group.Key))
        {
            var block = new Block(tie.Key, tie.Key, tie.Sum(point => point.Weight), tie.Sum(point => point.IsPositive ? point.Weight : 0));
            while (blocks.Count > 0 && blocks[^1].Mean >= block.Mean)
            {
                block = blocks[^1].Join(block);
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        return new IsotonicCalibration([.. blocks.SelectMany(Knots)]);
    }

    private static IEnumerable<IsotonicKnot> Knots(Block block)
    {
        yield return new IsotonicKnot(block.First, (float)block.Mean);
        if (block.Last > block.First)
        {
            yield return new IsotonicKnot(block.Last, (float)block.Mean);
        }
    }

    private readonly record struct Block(float First, float Last, double Weight, double Positives)
    {
        public double Mean => Positives / Weight;

        public Block Join(Block next) => new(First, next.Last, Weight + next.Weight, Positives + next.Positives);
    }
}
