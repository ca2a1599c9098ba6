using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>What the machine can do at best, measured with the kernels' own threads and registers (Williams et al. 2009).</summary>
public static unsafe class CpuRoofline
{
    private const int Repeats = 12;
    private const int ReadPartBytes = 1024 * 1024;
    private const int PeakParts = 64;
    private const int PeakSteps = 200_000;
    private const int PeakChains = 12;

    /// <summary>
    /// Bytes per second of reading memory once, front to back: the ceiling of decoding. Best of twelve: neighbours only ever slow it down.
    /// </summary>
    /// <param name="backend">Whose threads and registers are used.</param>
    /// <param name="bytes">How much is read; several times the last-level cache.</param>
    public static double MeasureReadBandwidth(CpuBackend backend, long bytes = 512L << 20)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, ReadPartBytes);
        using var block = new NativeBlock(bytes);
        var parts = (int)(bytes / ReadPartBytes);
        // Untouched pages all map to one page of zeros, which would be read from the cache.
        new Span<byte>(block.Address, checked((int)Math.Min(bytes, int.MaxValue))).Fill(1);
        var seconds = Fastest(backend.Team, parts, Reader(backend, streams: 1), block.Address);
        seconds = Math.Min(seconds, Fastest(backend.Team, parts, Reader(backend, streams: 4), block.Address));
        return (long)parts * ReadPartBytes / seconds;
    }

    /// <summary>
    /// Reads weights once, whole parts of a mebibyte, as one or four streams a thread: what a product with one row of them cannot outrun,
    /// to be timed in turns with it.
    /// </summary>
    /// <returns>Bytes that were read.</returns>
    internal static long Read(CpuBackend backend, PackedMatrix weights, int streams)
    {
        var parts = (int)(weights.Bytes / ReadPartBytes);
        backend.Team.Run(parts, Reader(backend, streams), ((CpuPackedMatrix)weights).Base);
        return (long)parts * ReadPartBytes;
    }

    /// <summary>
    /// Floating-point operations per second of multiply-adds that touch no memory: the ceiling of prefill. Best of twelve.
    /// </summary>
    public static double MeasurePeak(CpuBackend backend)
    {
        ArgumentNullException.ThrowIfNull(backend);
        delegate*<void*, int, int, void> body = backend.VectorWidth switch
        {
            VectorWidth.Vector512 => &Multiply<Simd512>,
            VectorWidth.Vector256 => &Multiply<Simd256>,
            _ => &Multiply<Simd128>,
        };
        var lanes = backend.VectorWidth == VectorWidth.Scalar ? 4 : (int)backend.VectorWidth / 32;
        var sink = stackalloc float[PeakParts * 16];
        return 2.0 * PeakParts * PeakSteps * PeakChains * lanes / Fastest(backend.Team, PeakParts, body, sink);
    }

    private static double Fastest(ThreadTeam team, int parts, delegate*<void*, int, int, void> body, void* argument)
    {
        team.Run(parts, body, argument);
        var best = double.MaxValue;
        for (var i = 0; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            team.Run(parts, body, argument);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    // Some processors follow one stream a thread best, others leave their prefetchers idle with fewer than four.
    private static delegate*<void*, int, int, void> Reader(CpuBackend backend, int streams) => (backend.VectorWidth, streams) switch
    {
        (VectorWidth.Vector512, 1) => &Read<Simd512, Count1>,
        (VectorWidth.Vector512, _) => &Read<Simd512, Count4>,
        (VectorWidth.Vector256, 1) => &Read<Simd256, Count1>,
        (VectorWidth.Vector256, _) => &Read<Simd256, Count4>,
        (_, 1) => &Read<Simd128, Count1>,
        _ => &Read<Simd128, Count4>,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read<T, TStreams>(void* argument, int part, int worker)
        where T : unmanaged, ISimd<T>
        where TStreams : ICount
    {
        const int Floats = ReadPartBytes / sizeof(float);
        // Four loads at a time: of one stream, or of four that lie apart.
        var (apart, onward) = TStreams.Value == 1 ? (T.Width, 4 * T.Width) : (Floats / 4, T.Width);
        var source = (float*)argument + ((long)part * Floats);
        T a = T.Broadcast(0f), b = a, c = a, d = a;
        for (var i = 0; i < Floats; i += 4 * T.Width, source += onward)
        {
            a += T.Load(source);
            b += T.Load(source + apart);
            c += T.Load(source + (2 * apart));
            d += T.Load(source + (3 * apart));
        }

        // A sum that nobody reads would be left out.
        Keep(a + b + (c + d));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<T>(void* argument, int part, int worker)
        where T : unmanaged, ISimd<T>
    {
        var x = T.Broadcast(0.999f);
        T a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < PeakSteps; step++)
        {
            a = T.FusedMultiplyAdd(a, x, x);
            b = T.FusedMultiplyAdd(b, x, x);
            c = T.FusedMultiplyAdd(c, x, x);
            d = T.FusedMultiplyAdd(d, x, x);
            e = T.FusedMultiplyAdd(e, x, x);
            f = T.FusedMultiplyAdd(f, x, x);
            g = T.FusedMultiplyAdd(g, x, x);
            h = T.FusedMultiplyAdd(h, x, x);
            i = T.FusedMultiplyAdd(i, x, x);
            j = T.FusedMultiplyAdd(j, x, x);
            k = T.FusedMultiplyAdd(k, x, x);
            l = T.FusedMultiplyAdd(l, x, x);
        }

        Keep(a + b + (c + d) + (e + f + (g + h)) + (i + j + (k + l)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep<T>(T value)
        where T : unmanaged => _ = value;
}
