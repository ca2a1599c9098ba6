using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// One row times one or two panels: memory bound, so all that counts is enough independent sums to hide the latency of a multiply-add and
/// few enough streams for the prefetchers to follow.
/// </summary>
internal static unsafe class VectorKernel
{
    /// <summary>Most panels that one call takes: four registers of sums where registers are wide, one panel of integers.</summary>
    public static int Panels(VectorWidth width, NumberFormat format) => width == VectorWidth.Vector128 || format.IsQuantized() ? 1 : 2;

    /// <summary>y[32 p + c] = Σ x[k] · panel p[k][c], k ascending, for <typeparamref name="TPanels"/> consecutive panels.</summary>
    /// <param name="x">[steps]</param>
    /// <param name="panel">First panel.</param>
    /// <param name="panelBytes">Bytes from panel to panel.</param>
    /// <param name="steps">Length of the sums.</param>
    /// <param name="y">[32 × panels]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TPanels, TFormat>(float* x, byte* panel, long panelBytes, int steps, float* y)
        where T : unmanaged, ISimd<T>
        where TPanels : ICount
        where TFormat : IPanelFormat
    {
        T low0 = T.Broadcast(0f), high0 = T.Broadcast(0f);
        T low1 = T.Broadcast(0f), high1 = T.Broadcast(0f);
        for (var k = 0; k < steps; k++)
        {
            var factor = T.Broadcast(x[k]);
            low0 = T.FusedMultiplyAdd(factor, TFormat.Low<T>(panel, 0), low0);
            high0 = T.FusedMultiplyAdd(factor, TFormat.High<T>(panel, 0), high0);
            if (TPanels.Value > 1)
            {
                low1 = T.FusedMultiplyAdd(factor, TFormat.Low<T>(panel + panelBytes, 0), low1);
                high1 = T.FusedMultiplyAdd(factor, TFormat.High<T>(panel + panelBytes, 0), high1);
            }

            panel += TFormat.StepBytes;
        }

        T.Store(low0, y);
        T.Store(high0, y + 16);
        if (TPanels.Value > 1)
        {
            T.Store(low1, y + 32);
            T.Store(high1, y + 48);
        }
    }

    /// <summary>The instance for a width, a format and at most <see cref="Panels"/> panels; sixteen lanes of any width.</summary>
    public static RowKernel Select(VectorWidth width, NumberFormat format, int panels) => format switch
    {
        NumberFormat.F32 => ForWidth<SinglePanel>(width, panels),
        NumberFormat.BF16 => ForWidth<BFloat16Panel>(width, panels),
        NumberFormat.Int8 or NumberFormat.Int4 or NumberFormat.Int4Asymmetric => GroupKernel.Select(width, format),
        _ => ForWidth<Float16Panel>(width, panels),
    };

    private static RowKernel ForWidth<TFormat>(VectorWidth width, int panels)
        where TFormat : IPanelFormat => width switch
        {
            VectorWidth.Vector512 => ForPanels<Lanes512, TFormat>(panels),
            VectorWidth.Vector256 => ForPanels<Lanes256, TFormat>(panels),
            _ => ForPanels<Lanes128, TFormat>(panels),
        };

    private static RowKernel ForPanels<T, TFormat>(int panels)
        where T : unmanaged, ISimd<T>
        where TFormat : IPanelFormat => panels switch
        {
            1 => &Run<T, Count1, TFormat>,
            _ => &Run<T, Count2, TFormat>,
        };
}
