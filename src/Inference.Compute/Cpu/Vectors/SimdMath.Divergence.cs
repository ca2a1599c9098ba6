using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <content>The terms of a divergence between distributions.</content>
internal static partial class SimdMath
{
    /// <summary>ln(1 + x) for x in [0, 1]; see <see cref="ScalarMath.Log1p"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log1p<T>(T x)
        where T : unmanaged, ISimd<T>
    {
        var s = x / (T.Broadcast(2f) + x);
        var square = s * s;
        var p = T.Broadcast(DivergenceConstants.A7);
        p = T.FusedMultiplyAdd(p, square, T.Broadcast(DivergenceConstants.A6));
        p = T.FusedMultiplyAdd(p, square, T.Broadcast(DivergenceConstants.A5));
        p = T.FusedMultiplyAdd(p, square, T.Broadcast(DivergenceConstants.A4));
        p = T.FusedMultiplyAdd(p, square, T.Broadcast(DivergenceConstants.A3));
        p = T.FusedMultiplyAdd(p, square, T.Broadcast(DivergenceConstants.A2));
        p = T.FusedMultiplyAdd(p, square, T.Broadcast(DivergenceConstants.A1));
        p = T.FusedMultiplyAdd(p, square, T.Broadcast(1f));
        return (s + s) * p;
    }

    /// <summary>One term of the divergence; see <see cref="ScalarMath.JensenShannon"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T JensenShannon<T>(T logP, T logQ)
        where T : unmanaged, ISimd<T>
    {
        var larger = T.SelectLess(logP, logQ, logQ, logP);
        var distance = T.Abs(logP - logQ);
        var ratio = Exp(T.Broadcast(0f) - distance);
        var gap = T.Broadcast(DivergenceConstants.Ln2) - Log1p(ratio);
        return Exp(larger) * (((T.Broadcast(1f) + ratio) * gap) - (ratio * distance));
    }
}
