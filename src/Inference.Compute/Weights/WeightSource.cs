namespace Inference.Compute;

/// <summary>
/// Weights as a checkpoint holds them: row-major [Rows = outputs, Columns = inputs] at <see cref="Address"/>, usually mapped file pages.
/// The memory must stay valid until packing returns.
/// </summary>
public readonly record struct WeightSource(nint Address, NumberFormat Format, int Rows, int Columns)
{
    /// <summary>Rows of blocks; <see cref="Format"/> is then what they are held in where nothing else is asked for.</summary>
    public static WeightSource OfBlocks(nint address, BlockFormat blocks, int rows, int columns) =>
        new(address, blocks.Held(), rows, columns) { Blocks = blocks };

    /// <summary>The blocks that rows consist of; none where numbers stand by themselves.</summary>
    public BlockFormat Blocks { get; private init; }

    /// <summary>
    /// Width of the heads whose rows stand in turns, one of the first half and one of the second, as where neighbours are rotated; 0 for rows in order.
    /// Packing puts them in order.
    /// </summary>
    public int PairedHeadDim { get; init; }

    /// <summary>Bytes of a row.</summary>
    public long RowBytes => Blocks == BlockFormat.None ? (long)Columns * Format.Bytes() : (long)Columns / Blocks.Numbers() * Blocks.Bytes();

    /// <summary>Bytes at <see cref="Address"/>.</summary>
    public long Bytes => Rows * RowBytes;

    /// <summary>Where a row of the matrix stands in the memory.</summary>
    public int StoredRow(int row)
    {
        if (PairedHeadDim == 0)
            return row;
        var (head, i) = Math.DivRem(row, PairedHeadDim);
        var half = PairedHeadDim / 2;
        return (head * PairedHeadDim) + (i < half ? 2 * i : (2 * (i - half)) + 1);
    }
}
