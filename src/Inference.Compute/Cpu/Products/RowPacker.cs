using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// Copies rows of a left factor into tiles [inputs][rows of the tile], which the product reads front to back. Only the last tile may be
/// short.
/// </summary>
internal static unsafe class RowPacker
{
    /// <summary>Packs all rows into <paramref name="packed"/>, tile after tile; a tile of r rows takes r × columns floats.</summary>
    public static void Run(ThreadTeam team, RowView x, int tileRows, float* packed)
    {
        var job = new Job { X = x, Packed = packed };
        RowTiles.Run(team, x, tileRows, &Tile, &job);
    }

    /// <summary>Packs one tile: element (row, k) goes to packed[k × rows + row].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(float* x, int stride, int rows, int columns, float* packed)
    {
        for (var row = 0; row < rows; row++)
        {
            var source = x + ((long)row * stride);
            var destination = packed + row;
            for (var k = 0; k < columns; k++)
            {
                *destination = source[k];
                destination += rows;
            }
        }
    }

    private static void Tile(void* argument, int first, int rows)
    {
        var job = (Job*)argument;
        Tile(job->X.Row(first), job->X.Stride, rows, job->X.Columns, job->Packed + ((long)first * job->X.Columns));
    }

    private struct Job
    {
        public RowView X;
        public float* Packed;
    }
}
