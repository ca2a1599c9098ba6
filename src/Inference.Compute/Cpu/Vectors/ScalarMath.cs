namespace Inference.Compute.Cpu;

/// <summary>
/// Transcendental functions as sequences of IEEE operations that every vector width repeats, so that results have the same bits.
/// </summary>
internal static partial class ScalarMath
{
    /// <summary>eˣ within 2 ulp; 0 below -105, +∞ above 89.</summary>
    public static float Exp(float x)
    {
        // x = n ln 2 + r with |r| <= ln 2 / 2; e^r = 1 + r + r² P(r); 2^n in two factors, so that subnormal and overflowing results come
        // out.
        x = x < ExpConstants.Lowest ? ExpConstants.Lowest : x;
        x = x > ExpConstants.Highest ? ExpConstants.Highest : x;
        var shifted = MathF.FusedMultiplyAdd(x, ExpConstants.Log2E, ExpConstants.RoundingShift);
        var n = shifted - ExpConstants.RoundingShift;
        var r = MathF.FusedMultiplyAdd(n, -ExpConstants.Ln2High, x);
        r = MathF.FusedMultiplyAdd(n, -ExpConstants.Ln2Low, r);
        var p = MathF.FusedMultiplyAdd(ExpConstants.P4, r, ExpConstants.P3);
        p = MathF.FusedMultiplyAdd(p, r, ExpConstants.P2);
        p = MathF.FusedMultiplyAdd(p, r, ExpConstants.P1);
        p = MathF.FusedMultiplyAdd(p, r, ExpConstants.P0);
        p = MathF.FusedMultiplyAdd(r * r, p, r) + 1f;
        var exponent = BitConverter.SingleToInt32Bits(shifted) - BitConverter.SingleToInt32Bits(ExpConstants.RoundingShift);
        var half = exponent >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>x / (1 + e^(-slope·x)): the sigmoid-weighted unit; quick-GELU has slope 1.702.</summary>
    public static float SigmoidUnit(float x, float slope) => x / (1f + Exp(x * -slope));

    /// <summary>The tanh form of GELU by the identity ½(1 + tanh u) = σ(2u), which does not cancel for negative x.</summary>
    public static float GeluTanh(float x)
    {
        var inner = MathF.FusedMultiplyAdd(x * x * GeluConstants.TanhCubic, x, x);
        return x / (1f + Exp(inner * -GeluConstants.TwiceSqrtTwoOverPi));
    }

    /// <summary>x · Φ(x): Φ by the series of erf near zero and by e^(-z²) t e^Q(t), t = 1 / (1 + z / 2), outside.</summary>
    public static float Gelu(float x)
    {
        var z = MathF.Abs(x) * GeluConstants.SqrtHalf;
        z = z > GeluConstants.Farthest ? GeluConstants.Farthest : z;
        var square = z * z;

        var series = GeluConstants.R6;
        series = MathF.FusedMultiplyAdd(series, square, GeluConstants.R5);
        series = MathF.FusedMultiplyAdd(series, square, GeluConstants.R4);
        series = MathF.FusedMultiplyAdd(series, square, GeluConstants.R3);
        series = MathF.FusedMultiplyAdd(series, square, GeluConstants.R2);
        series = MathF.FusedMultiplyAdd(series, square, GeluConstants.R1);
        series = MathF.FusedMultiplyAdd(series, square, GeluConstants.R0);
        var near = z * series * 0.5f;

        var t = 1f / MathF.FusedMultiplyAdd(z, 0.5f, 1f);
        var u = MathF.FusedMultiplyAdd(t, 2.4f, -1.4f);
        var q = GeluConstants.Q10;
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q9);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q8);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q7);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q6);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q5);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q4);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q3);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q2);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q1);
        q = MathF.FusedMultiplyAdd(q, u, GeluConstants.Q0);
        var tail = t * Exp(MathF.FusedMultiplyAdd(-z, z, q)) * 0.5f;

        // Φ(-|x|), never by cancellation where it is small.
        var lower = z < 1f ? 0.5f - near : tail;
        return x * (x < 0f ? lower : 1f - lower);
    }

    private static float PowerOfTwo(int exponent) => BitConverter.Int32BitsToSingle((exponent + 127) << 23);
}

/// <summary>Coefficients of <see cref="ScalarMath.Exp"/>: Chebyshev fits computed to 40 digits, error below 1e-8.</summary>
internal static class ExpConstants
{
    public const float Lowest = -105f;
    public const float Highest = 89f;
    public const float Log2E = 1.4426950408889634f;

    // Adding 1.5 × 2^23 rounds to an integer and leaves it in the low bits.
    public const float RoundingShift = 12582912f;
    public const float Ln2High = 0.6931471824645996f;
    public const float Ln2Low = -1.9046542121259336e-09f;
    public const float P0 = 0.5f;
    public const float P1 = 0.16666576266288757f;
    public const float P2 = 0.04166655242443085f;
    public const float P3 = 0.00836323294788599f;
    public const float P4 = 0.0013926250394433737f;
}

/// <summary>Coefficients of the GELU forms: Chebyshev fits computed to 40 digits, error below 1e-8.</summary>
internal static class GeluConstants
{
    public const float TanhCubic = 0.044715f;
    public const float TwiceSqrtTwoOverPi = 1.5957691216057308f;
    public const float SqrtHalf = 0.7071067811865476f;
    public const float Farthest = 10f;

    // erf(z) / z in z² on [0, 1].
    public const float R0 = 1.1283791065216064f;
    public const float R1 = -0.3761262595653534f;
    public const float R2 = 0.11283594369888306f;
    public const float R3 = -0.02685421146452427f;
    public const float R4 = 0.005189087241888046f;
    public const float R5 = -0.000801686430349946f;
    public const float R6 = 7.875874871388078e-05f;

    // ln(erfc(z) / t) + z² in u = 2.4 t - 1.4 on [-1, 1].
    public const float Q0 = -0.5585953593254089f;
    public const float Q1 = 0.5703070759773254f;
    public const float Q2 = 0.015744946897029877f;
    public const float Q3 = -0.029470348730683327f;
    public const float Q4 = -0.0010445386869832873f;
    public const float Q5 = 0.0037075201980769634f;
    public const float Q6 = -0.0002787785527448948f;
    public const float Q7 = -0.0005343771772459149f;
    public const float Q8 = 0.00013307192421052605f;
    public const float Q9 = 5.488488750415854e-05f;
    public const float Q10 = -2.413217407593038e-05f;
}
