using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>One quantised row times up to four panels of integers, as <see cref="VectorKernel"/> is for floats: memory bound, one
/// pass.</summary>
internal static unsafe class GroupKernel
{
    private const int CacheLine = 64;

    // A panel's reads are too short for the prefetchers to follow four at a time; more than a group of eight bits ahead gains nothing.
    private const int Ahead = 1088;

    /// <summary>y[32 p + c] = Σ dot · (row scale · output scale) over ascending groups, for <typeparamref name="TPanels"/> consecutive
    /// panels.</summary>
    /// <param name="x">One row of <see cref="QuantizedRows"/>.</param>
    /// <param name="panel">First panel.</param>
    /// <param name="panelBytes">Bytes from panel to panel.</param>
    /// <param name="steps">Inputs; the last group may be short.</param>
    /// <param name="y">[32 × panels]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TPanels, TBits>(float* x, byte* panel, long panelBytes, int steps, float* y)
        where T : unmanaged, IPairs<T>
        where TPanels : ICount
        where TBits : ICount
    {
        for (var i = 0; i < TPanels.Value * CpuPackedMatrix.PanelWidth; i += T.Width)
            T.Store(T.Zero, y + i);
        for (; steps > 0; steps -= GroupLayout.Inputs)
        {
            for (var p = 0; p < TPanels.Value; p++)
                Group<T, TBits>(T.Broadcast(*(uint*)x), (uint*)(x + 1), panel + (p * panelBytes), y + (p * CpuPackedMatrix.PanelWidth));
            x += GroupLayout.RowBytes / sizeof(float);
            panel += Bytes<TBits>();
        }
    }

    /// <summary>Pair <paramref name="field"/>, a constant, of the words of a panel: 16-bit integers with their signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Pair<T, TBits>(T words, int field)
        where T : unmanaged, IPairs<T>
        where TBits : ICount => T.Fields(words, 16 - (TBits.Value * (field + 1)), 16 - TBits.Value);

    /// <summary>The instance for a width, a quantised format and at most four panels.</summary>
    public static RowKernel Select(VectorWidth width, NumberFormat format, int panels) => format switch
    {
        NumberFormat.Int8 => ForWidth<Count8>(width, panels),
        _ => ForWidth<Count4>(width, panels),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bytes<TBits>()
        where TBits : ICount => GroupLayout.ScaleBytes + (TBits.Value * CpuPackedMatrix.PanelWidth * sizeof(uint));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Group<T, TBits>(T scale, uint* x, byte* group, float* y)
        where T : unmanaged, IPairs<T>
        where TBits : ICount
    {
        for (var line = 0; line < Bytes<TBits>() && Sse.IsSupported; line += CacheLine)
            Sse.Prefetch0(group + Ahead + line);
        for (var column = 0; column < CpuPackedMatrix.HalfPanel; column += T.Width)
        {
            var words = (uint*)(group + GroupLayout.ScaleBytes) + column;
            T low = T.Zero, high = T.Zero;
            for (var pair = 0; pair < GroupLayout.Pairs; pair += 16 / TBits.Value)
            {
                low = Dot<T, TBits>(low, T.Load(words), x + pair);
                high = Dot<T, TBits>(high, T.Load(words + CpuPackedMatrix.HalfPanel), x + pair);
                words += CpuPackedMatrix.PanelWidth;
            }

            var scales = T.Load(group + (column * sizeof(uint)));
            T.AddScaled(low, scale, T.LowScales(scales), y + column);
            T.AddScaled(high, scale, T.HighScales(scales), y + column + CpuPackedMatrix.HalfPanel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Dot<T, TBits>(T sum, T words, uint* x)
        where T : unmanaged, IPairs<T>
        where TBits : ICount
    {
        sum = T.Dot(sum, Pair<T, TBits>(words, 0), T.Broadcast(x[0]));
        sum = T.Dot(sum, Pair<T, TBits>(words, 1), T.Broadcast(x[1]));
        if (TBits.Value == 4)
        {
            sum = T.Dot(sum, Pair<T, TBits>(words, 2), T.Broadcast(x[2]));
            sum = T.Dot(sum, Pair<T, TBits>(words, 3), T.Broadcast(x[3]));
        }

        return sum;
    }

    private static RowKernel ForWidth<TBits>(VectorWidth width, int panels)
        where TBits : ICount => width switch
        {
            VectorWidth.Vector512 => ForPanels<Pairs512, TBits>(panels),
            VectorWidth.Vector256 => ForPanels<Pairs256, TBits>(panels),
            _ => ForPanels<Pairs128, TBits>(panels),
        };

    private static RowKernel ForPanels<T, TBits>(int panels)
        where T : unmanaged, IPairs<T>
        where TBits : ICount => panels switch
        {
            1 => &Run<T, Count1, TBits>,
            2 => &Run<T, Count2, TBits>,
            3 => &Run<T, Count3, TBits>,
            _ => &Run<T, Count4, TBits>,
        };
}
