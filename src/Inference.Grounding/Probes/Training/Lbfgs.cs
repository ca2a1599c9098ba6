namespace Inference.Grounding.Probes.Training;

/// <summary>
/// Limited-memory BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5) with a backtracking line search. Deterministic.
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 10;
    private const int MostHalvings = 40;
    private const double SufficientDecrease = 1e-4;

    /// <summary>Moves <paramref name="point"/> to a minimum.</summary>
    /// <param name="loss">Differentiable almost everywhere, bounded below.</param>
    /// <param name="point">Where to start; receives the minimum.</param>
    /// <param name="tolerance">Ends when no slope is steeper than this.</param>
    /// <param name="mostSteps">Ends after this many steps.</param>
    /// <returns>The value there.</returns>
    public static double Minimize(ILoss loss, double[] point, double tolerance = 1e-5, int mostSteps = 200)
    {
        List<(double[] Step, double[] Turn, double Scale)> pairs = [];
        var (gradient, next, nextGradient) = (new double[point.Length], new double[point.Length], new double[point.Length]);
        var value = loss.Evaluate(point, gradient);
        for (var step = 0; step < mostSteps && Vectors.Largest(gradient) > tolerance; step++)
        {
            var direction = Direction(gradient, pairs);
            var slope = Vectors.Dot(direction, gradient);
            var length = pairs.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(Vectors.Dot(gradient, gradient))) : 1.0;
            var nextValue = double.PositiveInfinity;
            for (var halving = 0; halving < MostHalvings; halving++, length /= 2)
            {
                Vectors.Move(point, length, direction, next);
                nextValue = loss.Evaluate(next, nextGradient);
                if (nextValue <= value + (SufficientDecrease * length * slope))
                {
                    break;
                }
            }

            if (nextValue >= value)
            {
                // Rounding or a kink: no step along the slope leads down.
                break;
            }

            Remember(pairs, point, next, gradient, nextGradient);
            next.CopyTo(point, 0);
            (gradient, nextGradient, value) = (nextGradient, gradient, nextValue);
        }

        return value;
    }

    // Two loops over what was seen of the curvature.
    private static double[] Direction(double[] gradient, List<(double[] Step, double[] Turn, double Scale)> pairs)
    {
        var direction = Array.ConvertAll(gradient, slope => -slope);
        var shares = new double[pairs.Count];
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            shares[i] = Vectors.Dot(pairs[i].Step, direction) * pairs[i].Scale;
            Vectors.Move(direction, -shares[i], pairs[i].Turn, direction);
        }

        if (pairs.Count > 0)
        {
            var newest = pairs[^1];
            Vectors.Scale(direction, 1 / (newest.Scale * Vectors.Dot(newest.Turn, newest.Turn)));
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            var share = Vectors.Dot(pairs[i].Turn, direction) * pairs[i].Scale;
            Vectors.Move(direction, shares[i] - share, pairs[i].Step, direction);
        }

        return direction;
    }

    private static void Remember(
        List<(double[] Step, double[] Turn, double Scale)> pairs, double[] from, double[] to, double[] gradientFrom, double[] gradientTo)
    {
        var (step, turn) = (new double[from.Length], new double[from.Length]);
        Vectors.Move(to, -1, from, step);
        Vectors.Move(gradientTo, -1, gradientFrom, turn);
        var curvature = Vectors.Dot(step, turn);
        if (curvature <= 1e-12 * Vectors.Dot(turn, turn))
        {
            return;
        }

        if (pairs.Count == Memory)
        {
            pairs.RemoveAt(0);
        }

        pairs.Add((step, turn, 1 / curvature));
    }
}
