namespace Inference.Grounding.Probes.Training;

/// <summary>The L2 penalty on all parameters but the last, the bias.</summary>
internal static class Penalty
{
    /// <summary>Overwrites the gradient with the penalty's and gives its value.</summary>
    public static double Start(ReadOnlySpan<double> point, Span<double> gradient, double penalty)
    {
        var squares = 0.0;
        for (var i = 0; i < point.Length - 1; i++)
        {
            squares += point[i] * point[i];
            gradient[i] = penalty * point[i];
        }

        gradient[^1] = 0;
        return penalty / 2 * squares;
    }
}
