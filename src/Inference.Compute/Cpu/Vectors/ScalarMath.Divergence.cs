namespace Inference.Compute.Cpu;

/// <content>The terms of a divergence between distributions.</content>
internal static partial class ScalarMath
{
    /// <summary>ln(1 + x) for x in [0, 1], error below 1e-8: 2 artanh(x / (2 + x)) by its series, whose argument stays below 1/3.</summary>
    public static float Log1p(float x)
    {
        var s = x / (2f + x);
        var square = s * s;
        var p = DivergenceConstants.A7;
        p = MathF.FusedMultiplyAdd(p, square, DivergenceConstants.A6);
        p = MathF.FusedMultiplyAdd(p, square, DivergenceConstants.A5);
        p = MathF.FusedMultiplyAdd(p, square, DivergenceConstants.A4);
        p = MathF.FusedMultiplyAdd(p, square, DivergenceConstants.A3);
        p = MathF.FusedMultiplyAdd(p, square, DivergenceConstants.A2);
        p = MathF.FusedMultiplyAdd(p, square, DivergenceConstants.A1);
        p = MathF.FusedMultiplyAdd(p, square, 1f);
        return (s + s) * p;
    }

    /// <summary>
    /// p ln(p / m) + q ln(q / m) with m = (p + q) / 2, from ln p and ln q. With d = |ln p − ln q| and e = e^(−d), ln m is the larger
    /// logarithm + ln(1 + e) − ln 2, so that nothing overflows and one logarithm serves both terms.
    /// </summary>
    public static float JensenShannon(float logP, float logQ)
    {
        var larger = logP < logQ ? logQ : logP;
        var distance = MathF.Abs(logP - logQ);
        var ratio = Exp(-distance);
        var gap = DivergenceConstants.Ln2 - Log1p(ratio);
        return Exp(larger) * (((1f + ratio) * gap) - (ratio * distance));
    }
}

/// <summary>The series of artanh.</summary>
internal static class DivergenceConstants
{
    public const float Ln2 = 0.6931471805599453f;
    public const float A1 = 1f / 3;
    public const float A2 = 1f / 5;
    public const float A3 = 1f / 7;
    public const float A4 = 1f / 9;
    public const float A5 = 1f / 11;
    public const float A6 = 1f / 13;
    public const float A7 = 1f / 15;
}
