using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inference.Models.Imaging.Resampling;

/// <summary>Weighted sums along a row; two source pixels of four bytes at a time. Integer sums, so their order is free.</summary>
internal sealed class HorizontalPass
{
    /// <summary>Bytes that <see cref="Run"/> may write beyond the last pixel.</summary>
    public const int Slack = 4;

    private readonly int[] _starts;
    private readonly int[] _pairs;
    private readonly Vector256<int>[] _weights; // [outputs, pairs]: the weights of two pixels, each four times

    public HorizontalPass(ResampleWeights weights)
    {
        int stride = (weights.Taps + 1) / 2;
        _starts = weights.Starts;
        _pairs = new int[_starts.Length];
        _weights = new Vector256<int>[_starts.Length * stride];
        for (int i = 0; i < _starts.Length; i++)
        {
            _pairs[i] = (weights.Counts[i] + 1) / 2;
            var values = weights.Values.AsSpan(i * weights.Taps, weights.Taps);
            for (int p = 0; p < stride; p++)
            {
                int second = 2 * p + 1 < values.Length ? values[2 * p + 1] : 0;
                _weights[i * stride + p] = Vector256.Create(Vector128.Create(values[2 * p]), Vector128.Create(second));
            }
        }
    }

    /// <summary>row: [width + slack, 4] bytes to line: [outputs, 3] bytes.</summary>
    public void Run(ReadOnlySpan<byte> row, Span<byte> line)
    {
        if (_starts.Length == 0)
            return;
        int stride = _weights.Length / _starts.Length;
        ref var source = ref MemoryMarshal.GetReference(row);
        ref var target = ref MemoryMarshal.GetReference(line);
        int needed = 0;
        for (int i = 0; i < _starts.Length; i++)
            needed = Math.Max(needed, (_starts[i] + _pairs[i] * 2) * 4);
        if (row.Length < needed || line.Length < _starts.Length * 3 + 1)
            throw new ArgumentException("A row buffer is shorter than the pass reads or writes.");

        for (int i = 0; i < _starts.Length; i++)
        {
            ref var weights = ref _weights[i * stride];
            ref var pixels = ref Unsafe.Add(ref source, _starts[i] * 4);
            var sum = Vector256.Create(Vector128.Create(ResampleWeights.Half), Vector128<int>.Zero);
            for (int p = 0; p < _pairs[i]; p++)
            {
                // Two RGBX pixels: eight bytes widened to eight integers.
                var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref pixels, p * 8))).AsByte();
                var shorts = Vector128.WidenLower(bytes);
                var values = Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)).AsInt32();
                sum += values * Unsafe.Add(ref weights, p);
            }
            var total = (sum.GetLower() + sum.GetUpper()) >> ResampleWeights.PrecisionBits;
            total = Vector128.Min(Vector128.Max(total, Vector128<int>.Zero), Vector128.Create(255));
            var narrow = Vector128.Narrow(Vector128.Narrow(total, total), default).AsUInt32();
            // Four bytes are written for a pixel of three; the next pixel overwrites the fourth.
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, i * 3), narrow.ToScalar());
        }
    }
}
