using System.Diagnostics;
using Inference.Compute;
using Inference.Compute.Cpu;

namespace Inference.Benchmarks.Kernels;

/// <summary>Products and attention as shares of the machine's peak and read bandwidth, all measured in the same run.</summary>
internal static class KernelRooflines
{
    private const double SecondsPerKernel = 0.4;

    public static void Print(string[] args)
    {
        VectorWidth? width = args.Length > 0 && args[0] != "best" ? Enum.Parse<VectorWidth>("Vector" + args[0]) : null;
        using var backend = new CpuBackend(new CpuOptions { VectorWidth = width, Threads = args.Length > 1 ? int.Parse(args[1]) : 0 });
        var roof = new Roof(CpuRoofline.MeasurePeak(backend), CpuRoofline.MeasureReadBandwidth(backend));
        Console.WriteLine($"{backend.Description}: {roof.Peak / 1e9:F0} GFLOPS in registers, {roof.Bandwidth / 1e9:F1} GB/s read");
        var formats = args.Skip(2).Select(name => Enum.Parse<NumberFormat>(name, ignoreCase: true)).ToArray();
        foreach (var format in formats.Length == 0 ? Enum.GetValues<NumberFormat>() : formats)
            Products(backend, roof, format);
        if (formats.Length > 0)
            return;
        Attention(backend, roof);
        RowOperations(backend, roof);
    }

    private static void Products(CpuBackend backend, Roof roof, NumberFormat format)
    {
        const int Inputs = 2048;
        const int Outputs = 5632;
        // Several matrices in turn, together far larger than the last-level cache.
        const long Bytes = 512L << 20;
        var weights = new List<PackedMatrix> { Operands.Weights(backend, Outputs, Inputs, format) };
        while (weights.Count * weights[0].Bytes < Bytes)
            weights.Add(Operands.Weights(backend, Outputs, Inputs, format));
        var turn = 0;
        PackedMatrix Next() => weights[turn++ % weights.Count];
        foreach (var rows in (int[])[1, 2, 4, 6, 8, 12, 16, 32, 64, 128, 512])
        {
            var (x, y) = (Operands.Random(backend, rows, Inputs), Operands.Random(backend, rows, Outputs));
            var (seconds, share) = BesideRead(backend, Next, () => backend.MatMul(x, Next(), y));
            roof.Line($"{format} {rows} x {Inputs} x {Outputs}", seconds, 2.0 * rows * Inputs * Outputs, weights[0].Bytes, share);
            Free(x, y);
        }

        foreach (var matrix in weights)
            matrix.Dispose();
    }

    // Others take their share of the memory for seconds at a time, so that only what runs at the same time compares: the median over turns of
    // a plain read's time, with one or four streams a thread, over that of the product with weights of the same size.
    private static (double Fastest, double Share) BesideRead(CpuBackend backend, Func<PackedMatrix> next, Action product)
    {
        List<double> times = [], shares = [];
        var begin = Stopwatch.GetTimestamp();
        while (times.Count < 6 || Stopwatch.GetElapsedTime(begin).TotalSeconds < 2 * SecondsPerKernel)
        {
            var seconds = Time(product);
            var (one, four) = (ReadTime(streams: 1), ReadTime(streams: 4));
            times.Add(seconds);
            shares.Add(Math.Min(one, four) / seconds);
        }

        // The first third is the runtime's, which replaces its first, slow code.
        shares = [.. shares.Skip(shares.Count / 3).Order()];
        return (times.Min(), shares[shares.Count / 2]);

        double ReadTime(int streams)
        {
            var weights = next();
            long bytes = 0;
            return Time(() => bytes = CpuRoofline.Read(backend, weights, streams)) * weights.Bytes / bytes;
        }
    }

    private static void Attention(CpuBackend backend, Roof roof)
    {
        foreach (var (heads, kvHeads, headDim) in ((int, int, int)[])[(32, 4, 64), (16, 16, 64), (32, 8, 128)])
        {
            (int, int, int)[] shapes = [(1, 1000, 1), (1, 16000, 1), (577, 577, 0), (512, 1, 1), (4096, 1, 1)];
            foreach (var (rows, visible, causal) in shapes)
            {
                var slots = visible + (causal * (rows - 1));
                var pages = (slots + KvGeometry.PageSize - 1) / KvGeometry.PageSize;
                using var pool = backend.CreateKvPool(new KvGeometry(kvHeads, headDim), pages);
                using var table = backend.Allocate<int>(pages);
                backend.Upload<int>([.. Enumerable.Range(0, pages)], table);
                using var segments = backend.Allocate<AttentionSegment>(1);
                var (k, v) = (Operands.Random(backend, slots, kvHeads * headDim), Operands.Random(backend, slots, kvHeads * headDim));
                backend.Upload<AttentionSegment>([new(0, slots, 0, slots, 0)], segments);
                backend.WriteKv(k, v, pool, segments, 1, table, 0);
                backend.Upload<AttentionSegment>([new(0, rows, 0, visible, causal)], segments);
                var (q, y) = (Operands.Random(backend, rows, heads * headDim), Operands.Random(backend, rows, heads * headDim));
                var seconds = Fastest(() => backend.Attention(q, pool, segments, 1, table, 0, 0.1f, y));
                var seen = rows * (visible + (causal * (rows - 1) / 2.0));
                var name = $"attention {heads}/{kvHeads} x {headDim}, {rows} rows, {slots} slots{(causal == 1 ? "" : ", full")}";
                roof.Line(name, seconds, 4.0 * seen * heads * headDim, 8L * slots * kvHeads * headDim);
                Free(k, v, q, y);
            }
        }
    }

    private static void RowOperations(CpuBackend backend, Roof roof)
    {
        foreach (var rows in (int[])[1, 512])
        {
            const int Columns = 5632;
            var (x, y, z) =
                (Operands.Random(backend, rows, Columns), Operands.Random(backend, rows, Columns), Operands.Random(backend, rows, Columns));
            using var weight = backend.Allocate<float>(Columns);
            void Line(string name, int operations, int passes, Action action) =>
                roof.Line($"{name} {rows} x {Columns}", Fastest(action), (double)operations * rows * Columns, 4L * passes * rows * Columns);

            Line("rms norm", 4, 2, () => backend.RmsNorm(x, weight, 1e-5f, y));
            Line("layer norm", 6, 2, () => backend.LayerNorm(x, weight, weight, 1e-5f, y));
            Line("add", 1, 3, () => backend.Add(x, y));
            Line("gated silu", 20, 3, () => backend.ActivateGated(x, y, Activation.Silu, z));
            Line("gated gelu", 50, 3, () => backend.ActivateGated(x, y, Activation.Gelu, z));
            Line("softmax", 20, 2, () => backend.Softmax(x));
            Free(x, y, z);
        }
    }

    private static double Fastest(Action action)
    {
        // Long enough for the runtime to replace its first, slow code.
        var warm = Stopwatch.GetTimestamp();
        for (var i = 0; i < 3 || Stopwatch.GetElapsedTime(warm).TotalSeconds < SecondsPerKernel / 2; i++)
            action();
        var best = double.MaxValue;
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < SecondsPerKernel; i++)
            best = Math.Min(best, Time(action));

        return best;
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Free(params ReadOnlySpan<Matrix> matrices)
    {
        foreach (var matrix in matrices)
            matrix.Buffer.Dispose();
    }

    private sealed record Roof(double Peak, double Bandwidth)
    {
        /// <param name="share">Of a plain read's speed, where it was measured in turns with one.</param>
        public void Line(string name, double seconds, double operations, long bytes, double? share = null) => Console.WriteLine(
            $"{name,-52} {seconds * 1e6,10:F1} us {operations / seconds / 1e9,7:F1} GFLOPS ({operations / seconds / Peak,4:P0}) " +
            $"{bytes / seconds / 1e9,6:F1} GB/s ({share ?? (bytes / seconds / Bandwidth):P0})");
    }
}
