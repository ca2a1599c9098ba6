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

    /// <summary>y[32 p + c] = Σ dot · (row scale · output scale), and where there are offsets + sum of the row's integers · (row scale ·
    /// offset), over ascending groups, for <typeparamref name="TPanels"/> consecutive panels.</summary>
    /// <param name="x">One row of <see cref="QuantizedRows"/>.</param>
    /// <param name="panel">First panel.</param>
    /// <param name="panelBytes">Bytes from panel to panel.</param>
    /// <param name="steps">Inputs; the last group may be short.</param>
    /// <param name="y">[32 × panels]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TPanels, TFormat>(float* x, byte* panel, long panelBytes, int steps, float* y)
        where T : unmanaged, IPairs<T>
        where TPanels : ICount
        where TFormat : IGroupFormat
    {
        for (var i = 0; i < TPanels.Value * CpuPackedMatrix.PanelWidth; i += T.Width)
            T.Store(T.Zero, y + i);
        for (; steps > 0; steps -= GroupLayout.Inputs)
        {
            for (var p = 0; p < TPanels.Value; p++)
                Group<T, TFormat>((uint*)x, panel + (p * panelBytes), y + (p * CpuPackedMatrix.PanelWidth));
            x += GroupLayout.RowBytes / sizeof(float);
            panel += Bytes<TFormat>();
        }
    }

    /// <summary>Pair <paramref name="field"/>, a constant, of the words of a panel: 16-bit integers with their signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Pair<T, TFormat>(T words, int field)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat => T.Fields(words, 16 - (TFormat.Bits * (field + 1)), 16 - TFormat.Bits);

    /// <summary>The instance for a width, a quantised format and at most four panels.</summary>
    public static RowKernel Select(VectorWidth width, NumberFormat format, int panels) => format switch
    {
        NumberFormat.Int8 => ForWidth<Int8Groups>(width, panels),
        NumberFormat.Int4 => ForWidth<Int4Groups>(width, panels),
        _ => ForWidth<Int4OffsetGroups>(width, panels),
    };

    /// <summary>Bytes of a group's scales and offsets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HeaderBytes<TFormat>()
        where TFormat : IGroupFormat => TFormat.HasOffset ? 2 * GroupLayout.ScaleBytes : GroupLayout.ScaleBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bytes<TFormat>()
        where TFormat : IGroupFormat => HeaderBytes<TFormat>() + (TFormat.Bits * CpuPackedMatrix.PanelWidth * sizeof(uint));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Group<T, TFormat>(uint* row, byte* group, float* y)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat
    {
        var scale = T.Broadcast(row[0]);
        var total = T.Broadcast(row[1]);
        var x = row + 2;
        for (var line = 0; line < Bytes<TFormat>() && Sse.IsSupported; line += CacheLine)
            Sse.Prefetch0(group + Ahead + line);
        for (var column = 0; column < CpuPackedMatrix.HalfPanel; column += T.Width)
        {
            var words = (uint*)(group + HeaderBytes<TFormat>()) + column;
            T low = T.Zero, high = T.Zero;
            for (var pair = 0; pair < GroupLayout.Pairs; pair += 16 / TFormat.Bits)
            {
                low = Dot<T, TFormat>(low, T.Load(words), x + pair);
                high = Dot<T, TFormat>(high, T.Load(words + CpuPackedMatrix.HalfPanel), x + pair);
                words += CpuPackedMatrix.PanelWidth;
            }

            var scales = T.Load(group + (column * sizeof(uint)));
            T.AddScaled(low, scale, T.LowScales(scales), y + column);
            T.AddScaled(high, scale, T.HighScales(scales), y + column + CpuPackedMatrix.HalfPanel);
            if (TFormat.HasOffset)
            {
                var offsets = T.Load(group + GroupLayout.ScaleBytes + (column * sizeof(uint)));
                T.AddScaled(total, scale, T.LowScales(offsets), y + column);
                T.AddScaled(total, scale, T.HighScales(offsets), y + column + CpuPackedMatrix.HalfPanel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Dot<T, TFormat>(T sum, T words, uint* x)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat
    {
        sum = T.Dot(sum, Pair<T, TFormat>(words, 0), T.Broadcast(x[0]));
        sum = T.Dot(sum, Pair<T, TFormat>(words, 1), T.Broadcast(x[1]));
        if (TFormat.Bits == 4)
        {
            sum = T.Dot(sum, Pair<T, TFormat>(words, 2), T.Broadcast(x[2]));
            sum = T.Dot(sum, Pair<T, TFormat>(words, 3), T.Broadcast(x[3]));
        }

        return sum;
    }

    private static RowKernel ForWidth<TFormat>(VectorWidth width, int panels)
        where TFormat : IGroupFormat => width switch
        {
            VectorWidth.Vector512 => ForPanels<Pairs512, TFormat>(panels),
            VectorWidth.Vector256 => ForPanels<Pairs256, TFormat>(panels),
            _ => ForPanels<Pairs128, TFormat>(panels),
        };

    private static RowKernel ForPanels<T, TFormat>(int panels)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat => panels switch
        {
            1 => &Run<T, Count1, TFormat>,
            2 => &Run<T, Count2, TFormat>,
            3 => &Run<T, Count3, TFormat>,
            _ => &Run<T, Count4, TFormat>,
        };
}
