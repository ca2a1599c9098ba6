namespace Inference.Compute.Cpu;

/// <summary>
/// A register of 32-bit lanes that hold words of packed weights, pairs of 16-bit integers, their dot products or float32 scales: what
/// products of quantised weights are written in. Integers are exact, and every float operation is one IEEE operation per lane, so all
/// widths give the same bits.
/// </summary>
internal unsafe interface IPairs<T>
    where T : unmanaged, IPairs<T>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Width { get; }

    /// <summary>All bits zero.</summary>
    static abstract T Zero { get; }

    static abstract T Load(void* source);

    static abstract void Store(T value, void* destination);

    /// <summary>The same pair, or bits of a float, in all lanes.</summary>
    static abstract T Broadcast(uint bits);

    /// <summary>Both halves of every lane shifted left, then right with their signs: a signed field of each. The counts are
    /// constants.</summary>
    static abstract T Fields(T words, int left, int right);

    /// <summary>sum + a₀ · b₀ + a₁ · b₁ of the pairs in every lane, modulo 2³².</summary>
    static abstract T Dot(T sum, T a, T b);

    /// <summary>The bfloat16 scales in the low halves as float32.</summary>
    static abstract T LowScales(T words);

    /// <summary>The bfloat16 scales in the high halves as float32.</summary>
    static abstract T HighScales(T words);

    /// <summary>sums[i] = fma(dots[i], scale[i] · scales[i], sums[i]); scales hold float32.</summary>
    static abstract void AddScaled(T dots, T scale, T scales, float* sums);

    /// <summary>The larger of <paramref name="a"/> and the magnitude of <paramref name="floats"/>, lane by lane, as bits.</summary>
    static abstract T LargerMagnitude(T a, T floats);

    /// <summary>The largest lane, none of which is negative.</summary>
    static abstract int Largest(T lanes);

    /// <summary>Floats over the scale, rounded to the nearest even, as 16-bit integers one after the other.</summary>
    static abstract void StoreQuotients(T floats, float scale, short* destination);
}
