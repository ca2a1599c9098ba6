namespace Inference.Compute.Cpu;

/// <summary>
/// A fixed number of floats and the operations kernels are written in. Every operation is one IEEE operation per lane, so a kernel written
/// once gives the same bits at every width. Such kernels carry AggressiveOptimization: the runtime's quick first code for wrapped vectors
/// is a hundred times slower, and a process that answers one request and ends would run nothing else.
/// </summary>
internal unsafe interface ISimd<T>
    where T : unmanaged, ISimd<T>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Width { get; }

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    /// <summary>The same number in all lanes.</summary>
    static abstract T Broadcast(float value);

    static abstract T Load(float* source);

    static abstract void Store(T value, float* destination);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract T FusedMultiplyAdd(T a, T b, T c);

    static abstract T Abs(T a);

    /// <summary>a &lt; b ? then : otherwise, lane by lane; false where either is NaN.</summary>
    static abstract T SelectLess(T a, T b, T then, T otherwise);

    /// <summary>
    /// value · 2ⁿ, where <paramref name="shifted"/> is n + <see cref="ExpConstants.RoundingShift"/>; the power in two factors.
    /// </summary>
    static abstract T ScaleByPowerOfTwo(T value, T shifted);

    /// <summary>The bfloat16 numbers in the low halves of the words at <paramref name="words"/>.</summary>
    static abstract T LowBFloat16(uint* words);

    /// <summary>The bfloat16 numbers in the high halves.</summary>
    static abstract T HighBFloat16(uint* words);

    /// <summary>The finite binary16 numbers in the low halves of the words at <paramref name="words"/>.</summary>
    static abstract T LowFloat16(uint* words);

    /// <summary>The finite binary16 numbers in the high halves.</summary>
    static abstract T HighFloat16(uint* words);

    /// <summary>Sum of the lanes: the upper half onto the lower half until one is left.</summary>
    static abstract float Fold(T a);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(T a);
}
