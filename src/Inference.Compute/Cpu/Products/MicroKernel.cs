using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>Where element (row, k) of the left factor stands.</summary>
internal interface ITileLayout
{
    /// <summary>Floats from row to row.</summary>
    static abstract int RowStride { get; }

    /// <summary>Floats from step to step, given the rows of the tile.</summary>
    static abstract int StepStride(int rows);
}

/// <summary>[k][rows]: rows packed for the product.</summary>
internal readonly struct Interleaved : ITileLayout
{
    public static int RowStride => 1;

    public static int StepStride(int rows) => rows;
}

/// <summary>[rows][32]: attention weights of a page as the softmax left them.</summary>
internal readonly struct PageRows : ITileLayout
{
    public static int RowStride => KvPageLayout.Tokens;

    public static int StepStride(int rows) => 1;
}

/// <summary>
/// The inner product loop: up to twelve rows times two registers of a panel, all sums held in registers for as long as k runs. Twelve rows
/// need 24 + 2 of 32 registers with AVX-512; with sixteen registers six rows are the most that fit.
/// </summary>
internal static unsafe class MicroKernel
{
    private const int CacheLine = 64;

    /// <summary>
    /// y[row][column + i] and y[row][column + 16 + i] get Σ a[row][k] · panel[k][…], k ascending from the stored value if <paramref
    /// name="resume"/>, else from zero.
    /// </summary>
    /// <param name="a">Left factor: <typeparamref name="TRows"/> rows laid out as <typeparamref name="TLayout"/> says.</param>
    /// <param name="panel">First step of the panel.</param>
    /// <param name="ahead">Bytes from the panel to weights that are needed soon and are fetched on the way; 0 for none.</param>
    /// <param name="steps">Length of the sums.</param>
    /// <param name="column">First column, a multiple of the width below 16.</param>
    /// <param name="y">Column 0 of the panel in the first row of the result.</param>
    /// <param name="stride">Floats from row to row of the result.</param>
    /// <param name="resume">Whether sums go on from what y holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TRows, TFormat, TLayout>(
        float* a, byte* panel, long ahead, int steps, int column, float* y, long stride, bool resume)
        where T : unmanaged, ISimd<T>
        where TRows : ICount
        where TFormat : IPanelFormat
        where TLayout : ITileLayout
    {
        y += column;
        T low0 = T.Broadcast(0f), high0 = T.Broadcast(0f);
        T low1 = T.Broadcast(0f), high1 = T.Broadcast(0f);
        T low2 = T.Broadcast(0f), high2 = T.Broadcast(0f);
        T low3 = T.Broadcast(0f), high3 = T.Broadcast(0f);
        T low4 = T.Broadcast(0f), high4 = T.Broadcast(0f);
        T low5 = T.Broadcast(0f), high5 = T.Broadcast(0f);
        T low6 = T.Broadcast(0f), high6 = T.Broadcast(0f);
        T low7 = T.Broadcast(0f), high7 = T.Broadcast(0f);
        T low8 = T.Broadcast(0f), high8 = T.Broadcast(0f);
        T low9 = T.Broadcast(0f), high9 = T.Broadcast(0f);
        T low10 = T.Broadcast(0f), high10 = T.Broadcast(0f);
        T low11 = T.Broadcast(0f), high11 = T.Broadcast(0f);
        if (resume)
        {
            low0 = T.Load(y + (0 * stride));
            high0 = T.Load(y + (0 * stride) + 16);
            if (TRows.Value > 1)
            {
                low1 = T.Load(y + (1 * stride));
                high1 = T.Load(y + (1 * stride) + 16);
            }

            if (TRows.Value > 2)
            {
                low2 = T.Load(y + (2 * stride));
                high2 = T.Load(y + (2 * stride) + 16);
            }

            if (TRows.Value > 3)
            {
                low3 = T.Load(y + (3 * stride));
                high3 = T.Load(y + (3 * stride) + 16);
            }

            if (TRows.Value > 4)
            {
                low4 = T.Load(y + (4 * stride));
                high4 = T.Load(y + (4 * stride) + 16);
            }

            if (TRows.Value > 5)
            {
                low5 = T.Load(y + (5 * stride));
                high5 = T.Load(y + (5 * stride) + 16);
            }

            if (TRows.Value > 6)
            {
                low6 = T.Load(y + (6 * stride));
                high6 = T.Load(y + (6 * stride) + 16);
            }

            if (TRows.Value > 7)
            {
                low7 = T.Load(y + (7 * stride));
                high7 = T.Load(y + (7 * stride) + 16);
            }

            if (TRows.Value > 8)
            {
                low8 = T.Load(y + (8 * stride));
                high8 = T.Load(y + (8 * stride) + 16);
            }

            if (TRows.Value > 9)
            {
                low9 = T.Load(y + (9 * stride));
                high9 = T.Load(y + (9 * stride) + 16);
            }

            if (TRows.Value > 10)
            {
                low10 = T.Load(y + (10 * stride));
                high10 = T.Load(y + (10 * stride) + 16);
            }

            if (TRows.Value > 11)
            {
                low11 = T.Load(y + (11 * stride));
                high11 = T.Load(y + (11 * stride) + 16);
            }
        }

        for (var k = 0; k < steps; k++)
        {
            var low = TFormat.Low<T>(panel, column);
            var high = TFormat.High<T>(panel, column);
            Prefetch<TFormat>(panel + ahead);
            panel += TFormat.StepBytes;
            var row = T.Broadcast(a[0 * TLayout.RowStride]);
            low0 = T.FusedMultiplyAdd(row, low, low0);
            high0 = T.FusedMultiplyAdd(row, high, high0);
            if (TRows.Value > 1)
            {
                row = T.Broadcast(a[1 * TLayout.RowStride]);
                low1 = T.FusedMultiplyAdd(row, low, low1);
                high1 = T.FusedMultiplyAdd(row, high, high1);
            }

            if (TRows.Value > 2)
            {
                row = T.Broadcast(a[2 * TLayout.RowStride]);
                low2 = T.FusedMultiplyAdd(row, low, low2);
                high2 = T.FusedMultiplyAdd(row, high, high2);
            }

            if (TRows.Value > 3)
            {
                row = T.Broadcast(a[3 * TLayout.RowStride]);
                low3 = T.FusedMultiplyAdd(row, low, low3);
                high3 = T.FusedMultiplyAdd(row, high, high3);
            }

            if (TRows.Value > 4)
            {
                row = T.Broadcast(a[4 * TLayout.RowStride]);
                low4 = T.FusedMultiplyAdd(row, low, low4);
                high4 = T.FusedMultiplyAdd(row, high, high4);
            }

            if (TRows.Value > 5)
            {
                row = T.Broadcast(a[5 * TLayout.RowStride]);
                low5 = T.FusedMultiplyAdd(row, low, low5);
                high5 = T.FusedMultiplyAdd(row, high, high5);
            }

            if (TRows.Value > 6)
            {
                row = T.Broadcast(a[6 * TLayout.RowStride]);
                low6 = T.FusedMultiplyAdd(row, low, low6);
                high6 = T.FusedMultiplyAdd(row, high, high6);
            }

            if (TRows.Value > 7)
            {
                row = T.Broadcast(a[7 * TLayout.RowStride]);
                low7 = T.FusedMultiplyAdd(row, low, low7);
                high7 = T.FusedMultiplyAdd(row, high, high7);
            }

            if (TRows.Value > 8)
            {
                row = T.Broadcast(a[8 * TLayout.RowStride]);
                low8 = T.FusedMultiplyAdd(row, low, low8);
                high8 = T.FusedMultiplyAdd(row, high, high8);
            }

            if (TRows.Value > 9)
            {
                row = T.Broadcast(a[9 * TLayout.RowStride]);
                low9 = T.FusedMultiplyAdd(row, low, low9);
                high9 = T.FusedMultiplyAdd(row, high, high9);
            }

            if (TRows.Value > 10)
            {
                row = T.Broadcast(a[10 * TLayout.RowStride]);
                low10 = T.FusedMultiplyAdd(row, low, low10);
                high10 = T.FusedMultiplyAdd(row, high, high10);
            }

            if (TRows.Value > 11)
            {
                row = T.Broadcast(a[11 * TLayout.RowStride]);
                low11 = T.FusedMultiplyAdd(row, low, low11);
                high11 = T.FusedMultiplyAdd(row, high, high11);
            }

            a += TLayout.StepStride(TRows.Value);
        }

        T.Store(low0, y + (0 * stride));
        T.Store(high0, y + (0 * stride) + 16);
        if (TRows.Value > 1)
        {
            T.Store(low1, y + (1 * stride));
            T.Store(high1, y + (1 * stride) + 16);
        }

        if (TRows.Value > 2)
        {
            T.Store(low2, y + (2 * stride));
            T.Store(high2, y + (2 * stride) + 16);
        }

        if (TRows.Value > 3)
        {
            T.Store(low3, y + (3 * stride));
            T.Store(high3, y + (3 * stride) + 16);
        }

        if (TRows.Value > 4)
        {
            T.Store(low4, y + (4 * stride));
            T.Store(high4, y + (4 * stride) + 16);
        }

        if (TRows.Value > 5)
        {
            T.Store(low5, y + (5 * stride));
            T.Store(high5, y + (5 * stride) + 16);
        }

        if (TRows.Value > 6)
        {
            T.Store(low6, y + (6 * stride));
            T.Store(high6, y + (6 * stride) + 16);
        }

        if (TRows.Value > 7)
        {
            T.Store(low7, y + (7 * stride));
            T.Store(high7, y + (7 * stride) + 16);
        }

        if (TRows.Value > 8)
        {
            T.Store(low8, y + (8 * stride));
            T.Store(high8, y + (8 * stride) + 16);
        }

        if (TRows.Value > 9)
        {
            T.Store(low9, y + (9 * stride));
            T.Store(high9, y + (9 * stride) + 16);
        }

        if (TRows.Value > 10)
        {
            T.Store(low10, y + (10 * stride));
            T.Store(high10, y + (10 * stride) + 16);
        }

        if (TRows.Value > 11)
        {
            T.Store(low11, y + (11 * stride));
            T.Store(high11, y + (11 * stride) + 16);
        }
    }

    // Into the second-level cache: the first is full of what is being worked on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<TFormat>(byte* step)
        where TFormat : IPanelFormat
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch1(step);
        if (TFormat.StepBytes > CacheLine)
            Sse.Prefetch1(step + CacheLine);
    }
}
