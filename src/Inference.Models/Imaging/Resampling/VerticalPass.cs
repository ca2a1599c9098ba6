using System.Runtime.Intrinsics;

namespace Inference.Models.Imaging.Resampling;

/// <summary>Weighted sums of whole rows; 32 bytes of a row at a time. Integer sums, so their order is free.</summary>
internal static class VerticalPass
{
    /// <summary>rows: [source rows from firstRow on, rowBytes] to output: [weights.Starts.Length, rowBytes].</summary>
    public static void Run(ReadOnlySpan<byte> rows, int rowBytes, int firstRow, ResampleWeights weights, Span<byte> output)
    {
        int block = Vector256<byte>.Count;
        for (int y = 0; y < weights.Starts.Length; y++)
        {
            var values = weights.Values.AsSpan(y * weights.Taps, weights.Counts[y]);
            var source = rows.Slice((weights.Starts[y] - firstRow) * rowBytes, values.Length * rowBytes);
            var target = output.Slice(y * rowBytes, rowBytes);
            int x = 0;
            for (; x + block <= rowBytes; x += block)
                Block(source, rowBytes, x, values, target);
            if (x == rowBytes)
                continue;
            if (rowBytes >= block)
                Block(source, rowBytes, rowBytes - block, values, target); // overlaps the block before it
            else
                Scalar(source, rowBytes, values, target);
        }
    }

    private static void Block(ReadOnlySpan<byte> source, int rowBytes, int x, ReadOnlySpan<int> weights, Span<byte> target)
    {
        var half = Vector256.Create(ResampleWeights.Half);
        var (a, b, c, d) = (half, half, half, half);
        for (int t = 0; t < weights.Length; t++)
        {
            var weight = Vector256.Create(weights[t]);
            var (low, high) = Vector256.Widen(Vector256.Create(source.Slice(t * rowBytes + x, Vector256<byte>.Count)));
            var (p, q) = Vector256.Widen(low);
            var (r, s) = Vector256.Widen(high);
            a += p.AsInt32() * weight;
            b += q.AsInt32() * weight;
            c += r.AsInt32() * weight;
            d += s.AsInt32() * weight;
        }
        Vector256.Narrow(Vector256.Narrow(Clip(a), Clip(b)), Vector256.Narrow(Clip(c), Clip(d))).CopyTo(target[x..]);
    }

    private static Vector256<uint> Clip(Vector256<int> sum) =>
        Vector256.Min(Vector256.Max(sum >> ResampleWeights.PrecisionBits, Vector256<int>.Zero), Vector256.Create(255)).AsUInt32();

    private static void Scalar(ReadOnlySpan<byte> source, int rowBytes, ReadOnlySpan<int> weights, Span<byte> target)
    {
        for (int x = 0; x < rowBytes; x++)
        {
            int sum = ResampleWeights.Half;
            for (int t = 0; t < weights.Length; t++)
                sum += source[t * rowBytes + x] * weights[t];
            target[x] = (byte)Math.Clamp(sum >> ResampleWeights.PrecisionBits, 0, 255);
        }
    }
}
