using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>Takes the integers of a block of a panel apart once for many tiles: float32 scales and offsets, and pairs of 16-bit
/// integers.</summary>
internal static unsafe class GroupWidener
{
    private const int CacheLine = 64;
    private const int RowBytes = CpuPackedMatrix.PanelWidth * sizeof(uint);

    /// <summary>
    /// Widens the groups of <paramref name="steps"/> inputs to <paramref name="wide"/>, per group [32] scales, [32] offsets where there are
    /// some, and [16][32] pairs, fetching the block at <paramref name="next"/> on the way.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TFormat>(byte* panel, byte* next, int steps, float* wide)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat
    {
        var target = (byte*)wide;
        for (; steps > 0; steps -= GroupLayout.Inputs)
        {
            for (var header = 0; header < GroupKernel.HeaderBytes<TFormat>(); header += GroupLayout.ScaleBytes)
            {
                for (var column = 0; column < CpuPackedMatrix.HalfPanel; column += T.Width)
                {
                    var scales = T.Load(panel + (column * sizeof(uint)));
                    T.Store(T.LowScales(scales), target + (column * sizeof(uint)));
                    T.Store(T.HighScales(scales), target + ((column + CpuPackedMatrix.HalfPanel) * sizeof(uint)));
                }

                Prefetch(next);
                panel += GroupLayout.ScaleBytes;
                next += GroupLayout.ScaleBytes;
                target += RowBytes;
            }

            for (var word = 0; word < TFormat.Bits; word++)
            {
                Prefetch(next);
                Prefetch(next + CacheLine);
                for (var column = 0; column < RowBytes; column += T.Width * sizeof(uint))
                {
                    var words = T.Load(panel + column);
                    T.Store(GroupKernel.Pair<T, TFormat>(words, 0), target + column);
                    T.Store(GroupKernel.Pair<T, TFormat>(words, 1), target + column + RowBytes);
                    if (TFormat.Bits == 4)
                    {
                        T.Store(GroupKernel.Pair<T, TFormat>(words, 2), target + column + (2 * RowBytes));
                        T.Store(GroupKernel.Pair<T, TFormat>(words, 3), target + column + (3 * RowBytes));
                    }
                }

                panel += RowBytes;
                next += RowBytes;
                target += 16 / TFormat.Bits * RowBytes;
            }
        }
    }

    /// <summary>The instance for a width and a quantised format.</summary>
    public static delegate*<byte*, byte*, int, float*, void> Select(VectorWidth width, NumberFormat format) => (width, format) switch
    {
        (VectorWidth.Vector512, NumberFormat.Int8) => &Run<Pairs512, Int8Groups>,
        (VectorWidth.Vector512, NumberFormat.Int4) => &Run<Pairs512, Int4Groups>,
        (VectorWidth.Vector512, _) => &Run<Pairs512, Int4OffsetGroups>,
        (VectorWidth.Vector256, NumberFormat.Int8) => &Run<Pairs256, Int8Groups>,
        (VectorWidth.Vector256, NumberFormat.Int4) => &Run<Pairs256, Int4Groups>,
        (VectorWidth.Vector256, _) => &Run<Pairs256, Int4OffsetGroups>,
        (_, NumberFormat.Int8) => &Run<Pairs128, Int8Groups>,
        (_, NumberFormat.Int4) => &Run<Pairs128, Int4Groups>,
        _ => &Run<Pairs128, Int4OffsetGroups>,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* line)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(line);
    }
}
