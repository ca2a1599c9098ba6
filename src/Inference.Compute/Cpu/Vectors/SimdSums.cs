using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Reductions in the order of <see cref="ScalarSums"/>: T holds its sixteen partial sums.</summary>
internal static unsafe class SimdSums
{
    /// <summary>Σ x</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum<T>(float* x, int count)
        where T : unmanaged, ISimd<T>
    {
        var partial = T.Broadcast(0f);
        var i = 0;
        for (; i <= count - T.Width; i += T.Width)
            partial += T.Load(x + i);
        if (i < count)
            partial += PartialLanes.Load<T>(x + i, count - i, 0f);
        return T.Fold(partial);
    }

    /// <summary>Σ (x − centre)²</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SumOfSquares<T>(float* x, int count, float centre)
        where T : unmanaged, ISimd<T>
    {
        var partial = T.Broadcast(0f);
        var middle = T.Broadcast(centre);
        var i = 0;
        for (; i <= count - T.Width; i += T.Width)
        {
            var difference = T.Load(x + i) - middle;
            partial = T.FusedMultiplyAdd(difference, difference, partial);
        }

        if (i < count)
        {
            // Missing lanes hold the centre and add nothing.
            var difference = PartialLanes.Load<T>(x + i, count - i, centre) - middle;
            partial = T.FusedMultiplyAdd(difference, difference, partial);
        }

        return T.Fold(partial);
    }

    /// <summary>Σ a · b</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SumOfProducts<T>(float* a, float* b, int count)
        where T : unmanaged, ISimd<T>
    {
        var partial = T.Broadcast(0f);
        var i = 0;
        for (; i <= count - T.Width; i += T.Width)
            partial = T.FusedMultiplyAdd(T.Load(a + i), T.Load(b + i), partial);
        if (i < count)
            partial = T.FusedMultiplyAdd(PartialLanes.Load<T>(a + i, count - i, 0f), PartialLanes.Load<T>(b + i, count - i, 0f), partial);
        return T.Fold(partial);
    }

    /// <summary>Σ (a − b)²</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SumOfSquaredDifferences<T>(float* a, float* b, int count)
        where T : unmanaged, ISimd<T>
    {
        var partial = T.Broadcast(0f);
        var i = 0;
        for (; i <= count - T.Width; i += T.Width)
        {
            var difference = T.Load(a + i) - T.Load(b + i);
            partial = T.FusedMultiplyAdd(difference, difference, partial);
        }

        if (i < count)
        {
            var difference = PartialLanes.Load<T>(a + i, count - i, 0f) - PartialLanes.Load<T>(b + i, count - i, 0f);
            partial = T.FusedMultiplyAdd(difference, difference, partial);
        }

        return T.Fold(partial);
    }

    /// <summary>The largest of x, -∞ where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max<T>(float* x, int count)
        where T : unmanaged, ISimd<T>
    {
        var max = T.Broadcast(float.NegativeInfinity);
        var i = 0;
        for (; i <= count - T.Width; i += T.Width)
        {
            var chunk = T.Load(x + i);
            max = T.SelectLess(max, chunk, chunk, max);
        }

        if (i < count)
        {
            var chunk = PartialLanes.Load<T>(x + i, count - i, float.NegativeInfinity);
            max = T.SelectLess(max, chunk, chunk, max);
        }

        return T.Largest(max);
    }
}
