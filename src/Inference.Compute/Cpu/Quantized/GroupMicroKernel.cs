using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// The inner product loop of quantised weights: up to twelve rows times two registers of a widened panel. The integer sums of a group are
/// held in registers; scaled, they go onto float sums beside the result, one fused multiply-add a group.
/// </summary>
internal static unsafe class GroupMicroKernel
{
    // Bytes of 32 words: a row of scales, offsets or pairs of a widened panel.
    private const int WideRow = CpuPackedMatrix.PanelWidth * sizeof(uint);

    /// <summary>
    /// y[row][column + i] and y[row][column + 16 + i] get Σ dot · (row scale · output scale), and where there are offsets + sum · (row
    /// scale · offset), over ascending groups, from the stored value if <paramref name="resume"/>, else from zero.
    /// </summary>
    /// <param name="a">Quantised rows of a tile: per group [rows] scales, [rows] sums, then [16][rows] pairs; see
    /// <see cref="QuantizedRows"/>.</param>
    /// <param name="panel">First group of the widened panel; see <see cref="GroupWidener"/>.</param>
    /// <param name="ahead">Not used: the widening fetches what is needed next.</param>
    /// <param name="steps">Inputs; the last group may be short.</param>
    /// <param name="column">First column, a multiple of the width below 16.</param>
    /// <param name="y">Column 0 of the panel in the first row of the result.</param>
    /// <param name="stride">Floats from row to row of the result.</param>
    /// <param name="resume">Whether sums go on from what y holds.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TRows, TFormat>(float* a, byte* panel, long ahead, int steps, int column, float* y, long stride, bool resume)
        where T : unmanaged, IPairs<T>
        where TRows : ICount
        where TFormat : IGroupFormat
    {
        y += column;
        panel += column * sizeof(uint);
        // Rows of the result may lie a power of two apart, where they compete for the same sets of the first-level cache.
        var sums = stackalloc float[TRows.Value * 32];
        for (var row = 0; row < TRows.Value; row++)
        {
            T.Store(resume ? T.Load(y + (row * stride)) : T.Zero, sums + (32 * row));
            T.Store(resume ? T.Load(y + (row * stride) + 16) : T.Zero, sums + (32 * row) + 16);
        }

        for (; steps > 0; steps -= GroupLayout.Inputs)
        {
            var scales = (uint*)a;
            var totals = scales + TRows.Value;
            a += 2 * TRows.Value;
            T low0 = T.Zero, high0 = T.Zero;
            T low1 = T.Zero, high1 = T.Zero;
            T low2 = T.Zero, high2 = T.Zero;
            T low3 = T.Zero, high3 = T.Zero;
            T low4 = T.Zero, high4 = T.Zero;
            T low5 = T.Zero, high5 = T.Zero;
            T low6 = T.Zero, high6 = T.Zero;
            T low7 = T.Zero, high7 = T.Zero;
            T low8 = T.Zero, high8 = T.Zero;
            T low9 = T.Zero, high9 = T.Zero;
            T low10 = T.Zero, high10 = T.Zero;
            T low11 = T.Zero, high11 = T.Zero;
            var words = panel + ((TFormat.HasOffset ? 2 : 1) * WideRow);
            for (var pair = 0; pair < GroupLayout.Pairs; pair++)
            {
                var low = T.Load(words);
                var high = T.Load(words + (CpuPackedMatrix.HalfPanel * sizeof(uint)));
                words += CpuPackedMatrix.PanelWidth * sizeof(uint);
                var x = T.Broadcast(((uint*)a)[0]);
                low0 = T.Dot(low0, low, x);
                high0 = T.Dot(high0, high, x);
                if (TRows.Value > 1)
                {
                    x = T.Broadcast(((uint*)a)[1]);
                    low1 = T.Dot(low1, low, x);
                    high1 = T.Dot(high1, high, x);
                }

                if (TRows.Value > 2)
                {
                    x = T.Broadcast(((uint*)a)[2]);
                    low2 = T.Dot(low2, low, x);
                    high2 = T.Dot(high2, high, x);
                }

                if (TRows.Value > 3)
                {
                    x = T.Broadcast(((uint*)a)[3]);
                    low3 = T.Dot(low3, low, x);
                    high3 = T.Dot(high3, high, x);
                }

                if (TRows.Value > 4)
                {
                    x = T.Broadcast(((uint*)a)[4]);
                    low4 = T.Dot(low4, low, x);
                    high4 = T.Dot(high4, high, x);
                }

                if (TRows.Value > 5)
                {
                    x = T.Broadcast(((uint*)a)[5]);
                    low5 = T.Dot(low5, low, x);
                    high5 = T.Dot(high5, high, x);
                }

                if (TRows.Value > 6)
                {
                    x = T.Broadcast(((uint*)a)[6]);
                    low6 = T.Dot(low6, low, x);
                    high6 = T.Dot(high6, high, x);
                }

                if (TRows.Value > 7)
                {
                    x = T.Broadcast(((uint*)a)[7]);
                    low7 = T.Dot(low7, low, x);
                    high7 = T.Dot(high7, high, x);
                }

                if (TRows.Value > 8)
                {
                    x = T.Broadcast(((uint*)a)[8]);
                    low8 = T.Dot(low8, low, x);
                    high8 = T.Dot(high8, high, x);
                }

                if (TRows.Value > 9)
                {
                    x = T.Broadcast(((uint*)a)[9]);
                    low9 = T.Dot(low9, low, x);
                    high9 = T.Dot(high9, high, x);
                }

                if (TRows.Value > 10)
                {
                    x = T.Broadcast(((uint*)a)[10]);
                    low10 = T.Dot(low10, low, x);
                    high10 = T.Dot(high10, high, x);
                }

                if (TRows.Value > 11)
                {
                    x = T.Broadcast(((uint*)a)[11]);
                    low11 = T.Dot(low11, low, x);
                    high11 = T.Dot(high11, high, x);
                }

                a += TRows.Value;
            }

            var (lowScales, highScales) = (T.Load(panel), T.Load(panel + (CpuPackedMatrix.HalfPanel * sizeof(float))));
            var (lowOffsets, highOffsets) = TFormat.HasOffset
                ? (T.Load(panel + WideRow), T.Load(panel + WideRow + (CpuPackedMatrix.HalfPanel * sizeof(float))))
                : (T.Zero, T.Zero);
            panel = words;
            AddScaled<T, TFormat>(low0, high0, scales[0], totals[0], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 0));
            if (TRows.Value > 1)
                AddScaled<T, TFormat>(low1, high1, scales[1], totals[1], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 1));
            if (TRows.Value > 2)
                AddScaled<T, TFormat>(low2, high2, scales[2], totals[2], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 2));
            if (TRows.Value > 3)
                AddScaled<T, TFormat>(low3, high3, scales[3], totals[3], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 3));
            if (TRows.Value > 4)
                AddScaled<T, TFormat>(low4, high4, scales[4], totals[4], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 4));
            if (TRows.Value > 5)
                AddScaled<T, TFormat>(low5, high5, scales[5], totals[5], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 5));
            if (TRows.Value > 6)
                AddScaled<T, TFormat>(low6, high6, scales[6], totals[6], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 6));
            if (TRows.Value > 7)
                AddScaled<T, TFormat>(low7, high7, scales[7], totals[7], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 7));
            if (TRows.Value > 8)
                AddScaled<T, TFormat>(low8, high8, scales[8], totals[8], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 8));
            if (TRows.Value > 9)
                AddScaled<T, TFormat>(low9, high9, scales[9], totals[9], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 9));
            if (TRows.Value > 10)
                AddScaled<T, TFormat>(
                    low10, high10, scales[10], totals[10], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 10));
            if (TRows.Value > 11)
                AddScaled<T, TFormat>(
                    low11, high11, scales[11], totals[11], lowScales, highScales, lowOffsets, highOffsets, sums + (32 * 11));
        }

        for (var row = 0; row < TRows.Value; row++)
        {
            T.Store(T.Load(sums + (32 * row)), y + (row * stride));
            T.Store(T.Load(sums + (32 * row) + 16), y + (row * stride) + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled<T, TFormat>(
        T low, T high, uint scale, uint total, T lowScales, T highScales, T lowOffsets, T highOffsets, float* sums)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat
    {
        var factor = T.Broadcast(scale);
        T.AddScaled(low, factor, lowScales, sums);
        T.AddScaled(high, factor, highScales, sums + 16);
        if (TFormat.HasOffset)
        {
            T.AddScaled(T.Broadcast(total), factor, lowOffsets, sums);
            T.AddScaled(T.Broadcast(total), factor, highOffsets, sums + 16);
        }
    }
}
