using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>The functions of <see cref="ScalarMath"/>, operation by operation, on vectors.</summary>
internal static partial class SimdMath
{
    /// <summary>eˣ; see <see cref="ScalarMath.Exp"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : unmanaged, ISimd<T>
    {
        var lowest = T.Broadcast(ExpConstants.Lowest);
        var highest = T.Broadcast(ExpConstants.Highest);
        x = T.SelectLess(x, lowest, lowest, x);
        x = T.SelectLess(highest, x, highest, x);
        var shift = T.Broadcast(ExpConstants.RoundingShift);
        var shifted = T.FusedMultiplyAdd(x, T.Broadcast(ExpConstants.Log2E), shift);
        var n = shifted - shift;
        var r = T.FusedMultiplyAdd(n, T.Broadcast(-ExpConstants.Ln2High), x);
        r = T.FusedMultiplyAdd(n, T.Broadcast(-ExpConstants.Ln2Low), r);
        var p = T.FusedMultiplyAdd(T.Broadcast(ExpConstants.P4), r, T.Broadcast(ExpConstants.P3));
        p = T.FusedMultiplyAdd(p, r, T.Broadcast(ExpConstants.P2));
        p = T.FusedMultiplyAdd(p, r, T.Broadcast(ExpConstants.P1));
        p = T.FusedMultiplyAdd(p, r, T.Broadcast(ExpConstants.P0));
        p = T.FusedMultiplyAdd(r * r, p, r) + T.Broadcast(1f);
        return T.ScaleByPowerOfTwo(p, shifted);
    }

    /// <summary>x / (1 + e^(-slope·x))</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SigmoidUnit<T>(T x, float slope)
        where T : unmanaged, ISimd<T> => x / (T.Broadcast(1f) + Exp(x * T.Broadcast(-slope)));

    /// <summary>The tanh form of GELU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T GeluTanh<T>(T x)
        where T : unmanaged, ISimd<T>
    {
        var inner = T.FusedMultiplyAdd(x * x * T.Broadcast(GeluConstants.TanhCubic), x, x);
        return x / (T.Broadcast(1f) + Exp(inner * T.Broadcast(-GeluConstants.TwiceSqrtTwoOverPi)));
    }

    /// <summary>x · Φ(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gelu<T>(T x)
        where T : unmanaged, ISimd<T>
    {
        var half = T.Broadcast(0.5f);
        var one = T.Broadcast(1f);
        var zero = T.Broadcast(0f);
        var farthest = T.Broadcast(GeluConstants.Farthest);
        var z = T.Abs(x) * T.Broadcast(GeluConstants.SqrtHalf);
        z = T.SelectLess(farthest, z, farthest, z);
        var square = z * z;

        var series = T.FusedMultiplyAdd(T.Broadcast(GeluConstants.R6), square, T.Broadcast(GeluConstants.R5));
        series = T.FusedMultiplyAdd(series, square, T.Broadcast(GeluConstants.R4));
        series = T.FusedMultiplyAdd(series, square, T.Broadcast(GeluConstants.R3));
        series = T.FusedMultiplyAdd(series, square, T.Broadcast(GeluConstants.R2));
        series = T.FusedMultiplyAdd(series, square, T.Broadcast(GeluConstants.R1));
        series = T.FusedMultiplyAdd(series, square, T.Broadcast(GeluConstants.R0));
        var near = z * series * half;

        var t = one / T.FusedMultiplyAdd(z, half, one);
        var u = T.FusedMultiplyAdd(t, T.Broadcast(2.4f), T.Broadcast(-1.4f));
        var q = T.FusedMultiplyAdd(T.Broadcast(GeluConstants.Q10), u, T.Broadcast(GeluConstants.Q9));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q8));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q7));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q6));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q5));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q4));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q3));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q2));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q1));
        q = T.FusedMultiplyAdd(q, u, T.Broadcast(GeluConstants.Q0));
        var tail = t * Exp(T.FusedMultiplyAdd(zero - z, z, q)) * half;

        var lower = T.SelectLess(z, one, half - near, tail);
        return x * T.SelectLess(x, zero, lower, one - lower);
    }
}
