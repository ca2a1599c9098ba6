using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Compute.Cpu;

/// <summary>
/// Inputs as <see cref="QuantizedRows"/> makes them, in the order in which <see cref="VnniKernel"/> takes them. Tiles of r rows hold per
/// group [r] float32 scales, [r] starts of the integer sums and [8][r] quads of bytes. Only the last tile may be short.
/// </summary>
internal static unsafe class VnniRows
{
    /// <summary>Quads of inputs in a group.</summary>
    public const int Quads = GroupLayout.Inputs / 4;

    /// <summary>Bytes of one row's group.</summary>
    public const int GroupBytes = (2 + Quads) * sizeof(uint);

    /// <summary>Bytes of <paramref name="rows"/> rows.</summary>
    public static long Bytes(int rows, int inputs) => (long)rows * GroupLayout.Groups(inputs) * GroupBytes;

    /// <summary>Where a row's scale stands in a group.</summary>
    public static int ScaleOffset(int row) => row * sizeof(uint);

    /// <summary>Where the start of a row's integer sums stands in a group of <paramref name="rows"/> rows.</summary>
    public static int StartOffset(int rows, int row) => (rows + row) * sizeof(uint);

    /// <summary>Where four inputs of a row stand in a group of <paramref name="rows"/> rows.</summary>
    public static int QuadOffset(int rows, int row, int quad) => (((2 + quad) * rows) + row) * sizeof(uint);

    /// <summary>Quantises all rows into <paramref name="packed"/>, tile after tile.</summary>
    public static void Run(ThreadTeam team, RowView x, NumberFormat format, int tileRows, byte* packed)
    {
        var job = new Job { X = x, Format = format, Packed = packed };
        RowTiles.Run(team, x, tileRows, &Tile, &job);
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
        var quads = stackalloc uint[Quads];
        // The order in which the bytes of a panel's word hold inputs, see GroupLayout.
        var order = job->Format == NumberFormat.Int8
            ? Vector256.Create(0x0705060403010200, 0x0F0D0E0C0B090A08, 0x1715161413111210, 0x1F1D1E1C1B191A18).AsSByte()
            : Vector256.Create(0x0703060205010400, 0x0F0B0E0A0D090C08, 0x1713161215111410, 0x1F1B1E1A1D191C18).AsSByte();
        var offset = VnniKernel.Offset(job->Format);
        for (var k = 0; k < job->X.Columns; k += GroupLayout.Inputs)
        {
            var count = job->X.Columns - k;
            var scale = count >= GroupLayout.Inputs
                ? QuantizedRows.Group<Pairs512>(x + k, integers)
                : GroupQuantizer.Inputs(x + k, count, integers);
            var (low, high) = (Vector256.Load(integers), Vector256.Load(integers + 16));
            Vector256.Shuffle(Vector256.Narrow(low, high), order).Store((sbyte*)quads);
            packed[0] = BitConverter.SingleToUInt32Bits(scale);
            // At most 32 · 127: the sum fits sixteen bits.
            packed[rows] = (uint)(-offset * Vector256.Sum(low + high));
            packed += 2 * rows;
            for (var quad = 0; quad < Quads; quad++, packed += rows)
                *packed = quads[quad];
        }
    }

    private struct Job
    {
        public RowView X;
        public NumberFormat Format;
        public byte* Packed;
    }
}
