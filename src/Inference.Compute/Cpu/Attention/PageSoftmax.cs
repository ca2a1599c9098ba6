using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>The online softmax (Milakov and Gimelshein 2018), one page of scores at a time.</summary>
internal static unsafe class PageSoftmax
{
    /// <summary>
    /// Turns the 32 scores of a page into weights e^(score · scale − new maximum), zero from <paramref name="count"/> on, and carries
    /// maximum and sum on.
    /// </summary>
    /// <param name="scores">[32], in place.</param>
    /// <param name="count">Slots of the page that are seen, at least one.</param>
    /// <param name="scale">Applied to every score.</param>
    /// <param name="max">Largest scaled score so far; -∞ before the first page.</param>
    /// <param name="sum">Sum of weights so far, relative to <paramref name="max"/>.</param>
    /// <returns>The factor that makes earlier weights relative to the new maximum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Step<T>(float* scores, int count, float scale, float* max, float* sum)
        where T : unmanaged, ISimd<T>
    {
        var factor = T.Broadcast(scale);
        var low = T.Load(scores) * factor;
        var high = T.Load(scores + T.Width) * factor;
        var full = count >= KvPageLayout.Tokens;
        var (lowSlots, highSlots, seen) = (low, high, factor);
        if (!full)
        {
            // Slots past the end hold whatever an earlier sequence left: they are chosen away, never calculated with.
            (lowSlots, highSlots, seen) = (T.Load(SlotNumbers()), T.Load(SlotNumbers() + T.Width), T.Broadcast(count));
            var nothing = T.Broadcast(float.NegativeInfinity);
            low = T.SelectLess(lowSlots, seen, low, nothing);
            high = T.SelectLess(highSlots, seen, high, nothing);
        }

        var largest = T.Largest(T.SelectLess(low, high, high, low));
        var newMax = *max < largest ? largest : *max;
        var middle = T.Broadcast(newMax);
        low = SimdMath.Exp(low - middle);
        high = SimdMath.Exp(high - middle);
        if (!full)
        {
            var nothing = T.Broadcast(0f);
            low = T.SelectLess(lowSlots, seen, low, nothing);
            high = T.SelectLess(highSlots, seen, high, nothing);
        }

        T.Store(low, scores);
        T.Store(high, scores + T.Width);
        var correction = *max == newMax ? 1f : ScalarMath.Exp(*max - newMax);
        *max = newMax;
        *sum = MathF.FusedMultiplyAdd(*sum, correction, T.Fold(low + high));
        return correction;
    }

    // Constant data of the assembly, which does not move.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* SlotNumbers() => (float*)Unsafe.AsPointer(ref Unsafe.AsRef(in Slots[0]));

    private static ReadOnlySpan<float> Slots =>
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31];
}
