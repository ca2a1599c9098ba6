using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Compute.Cpu;

/// <summary>
/// Inputs as 8-bit integers in groups of 32, each with its own scale of largest magnitude / 127, once per product. Tiles of r rows hold
/// per group [r] float32 scales, [r] sums of the integers and [16][r] pairs of 16-bit integers, which the product reads front to back. Only
/// the last tile may be short.
/// </summary>
internal static unsafe class QuantizedRows
{
    /// <summary>Bytes of <paramref name="rows"/> rows.</summary>
    public static long Bytes(int rows, int inputs) => (long)rows * GroupLayout.Groups(inputs) * GroupLayout.RowBytes;

    /// <summary>Quantises all rows into <paramref name="packed"/>, tile after tile.</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x, int tileRows, float* packed)
    {
        var job = new Job { X = x, Packed = (byte*)packed };
        job.Group = width switch
        {
            VectorWidth.Vector512 => &Group<Pairs512>,
            VectorWidth.Vector256 => &Group<Pairs256>,
            _ => &Group<Pairs128>,
        };
        RowTiles.Run(team, x, tileRows, &Tile, &job);
    }

    /// <summary>32 inputs as integers; returns their scale. The bits of <see cref="GroupQuantizer.Inputs"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Group<T>(float* x, short* integers)
        where T : unmanaged, IPairs<T>
    {
        var magnitudes = T.Zero;
        for (var i = 0; i < GroupLayout.Inputs; i += T.Width)
            magnitudes = T.LargerMagnitude(magnitudes, T.Load(x + i));
        var scale = GroupQuantizer.InputScale(T.Largest(magnitudes));
        if (scale > 0)
        {
            for (var i = 0; i < GroupLayout.Inputs; i += T.Width)
                T.StoreQuotients(T.Load(x + i), scale, integers + i);
        }
        else
        {
            new Span<short>(integers, GroupLayout.Inputs).Clear();
        }

        return scale;
    }

    private static void Tile(void* argument, int first, int rows)
    {
        var job = (Job*)argument;
        var packed = (uint*)(job->Packed + Bytes(first, job->X.Columns));
        for (var row = 0; row < rows; row++)
            Row(job, job->X.Row(first + row), rows, packed + row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(Job* job, float* x, int rows, uint* packed)
    {
        var integers = stackalloc short[GroupLayout.Inputs];
        for (var k = 0; k < job->X.Columns; k += GroupLayout.Inputs)
        {
            var count = job->X.Columns - k;
            var scale = count >= GroupLayout.Inputs ? job->Group(x + k, integers) : GroupQuantizer.Inputs(x + k, count, integers);
            *packed = BitConverter.SingleToUInt32Bits(scale);
            packed += rows;
            *packed = (uint)Sum(integers);
            for (var pair = 0; pair < GroupLayout.Pairs; pair++)
            {
                packed += rows;
                *packed = ((uint*)integers)[pair];
            }

            packed += rows;
        }
    }

    // No partial sum leaves 16 bits: 32 integers are at most 4,064.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sum(short* integers) =>
        Vector128.Sum(
            Vector128.Load(integers) + Vector128.Load(integers + 8) + Vector128.Load(integers + 16) + Vector128.Load(integers + 24));

    private struct Job
    {
        public RowView X;
        public byte* Packed;
        public delegate*<float*, short*, float> Group;
    }
}
