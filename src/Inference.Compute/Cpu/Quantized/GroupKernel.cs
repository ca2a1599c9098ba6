using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// One quantised row times a panel of integers, as <see cref="VectorKernel"/> is for floats: memory bound, one pass. Groups are long enough
/// that a second panel at the same time, or asking for lines ahead, only disturbs the processor's own prefetchers.
/// </summary>
internal static unsafe class GroupKernel
{
    /// <summary>
    /// y[c] = Σ dot · (row scale · output scale), and where there are offsets + sum of the row's integers · (row scale · offset), over
    /// ascending groups.
    /// </summary>
    /// <param name="x">One row of <see cref="QuantizedRows"/>.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="panelBytes">Bytes of it, which kernels of several panels need.</param>
    /// <param name="steps">Inputs; the last group may be short.</param>
    /// <param name="y">[32]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TFormat>(float* x, byte* panel, long panelBytes, int steps, float* y)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat
    {
        for (var i = 0; i < CpuPackedMatrix.PanelWidth; i += T.Width)
            T.Store(T.Zero, y + i);
        for (; steps > 0; steps -= GroupLayout.Inputs)
        {
            Group<T, TFormat>((uint*)x, panel, y);
            x += GroupLayout.RowBytes / sizeof(float);
            panel += Bytes<TFormat>();
        }
    }

    /// <summary>Pair <paramref name="field"/>, a constant, of the words of a panel: 16-bit integers with their signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Pair<T, TFormat>(T words, int field)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat => T.Fields(words, 16 - (TFormat.Bits * (field + 1)), 16 - TFormat.Bits);

    /// <summary>The instance for a width and a quantised format.</summary>
    public static RowKernel Select(VectorWidth width, NumberFormat format) => format switch
    {
        NumberFormat.Int8 => ForWidth<Int8Groups>(width),
        NumberFormat.Int4 => ForWidth<Int4Groups>(width),
        _ => ForWidth<Int4OffsetGroups>(width),
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

    private static RowKernel ForWidth<TFormat>(VectorWidth width)
        where TFormat : IGroupFormat => width switch
        {
            VectorWidth.Vector512 => &Run<Pairs512, TFormat>,
            VectorWidth.Vector256 => &Run<Pairs256, TFormat>,
            _ => &Run<Pairs128, TFormat>,
        };
}
