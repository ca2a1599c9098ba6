namespace Inference.Grounding.Calibration;

/// <summary>Kullback-Leibler divergence of distributions given as logits.</summary>
internal static class KullbackLeibler
{
    /// <summary>Σ p ln(p / q) in nats, with p and q the softmax of the arguments.</summary>
    public static double Of(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        var (pLogSum, qLogSum) = (LogSum(p), LogSum(q));
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            var logP = p[i] - pLogSum;
            sum += Math.Exp(logP) * (logP - (q[i] - qLogSum));
        }

        // Rounding may leave less than nothing.
        return Math.Max(0, sum);
    }

    private static double LogSum(ReadOnlySpan<float> logits)
    {
        var largest = double.NegativeInfinity;
        foreach (var value in logits)
        {
            largest = Math.Max(largest, value);
        }

        var sum = 0.0;
        foreach (var value in logits)
        {
            sum += Math.Exp(value - largest);
        }

        return largest + Math.Log(sum);
    }
}
