using Inference.Compute.Cpu;

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

    /// <summary>
    /// Rows of integers in groups of 32: signed bytes for <see cref="NumberFormat.Int8"/>, else two's complement in halves of bytes, the
    /// lower half first; the last group of a row may be short. Scales and offsets are [rows][groups].
    /// </summary>
    /// <param name="address">The integers.</param>
    /// <param name="format">A quantised format.</param>
    /// <param name="scales">The scales.</param>
    /// <param name="offsets">The offsets; 0 where the format has none.</param>
    /// <param name="scaleFormat">Of both: BF16, or F16, which is rounded to BF16.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Numbers of a row, even where they have four bits.</param>
    public static WeightSource OfGroups(
        nint address, NumberFormat format, nint scales, nint offsets, NumberFormat scaleFormat, int rows, int columns) =>
        new(address, format, rows, columns) { Scales = scales, Offsets = offsets, ScaleFormat = scaleFormat };

    /// <summary>Scales of the groups of integers; 0 where there are none.</summary>
    public nint Scales { get; private init; }

    /// <summary>Offsets of the groups; 0 where there are none.</summary>
    public nint Offsets { get; private init; }

    /// <summary>How scales and offsets are stored.</summary>
    public NumberFormat ScaleFormat { get; private init; }

    /// <summary>The blocks that rows consist of; none where numbers stand by themselves.</summary>
    public BlockFormat Blocks { get; private init; }

    /// <summary>
    /// Width of the heads whose rows stand in turns, one of the first half and one of the second, as where neighbours are rotated; 0 for
    /// rows in order. Packing puts them in order.
    /// </summary>
    public int PairedHeadDim { get; init; }

    /// <summary>Bytes of a row.</summary>
    public long RowBytes => Blocks != BlockFormat.None ? (long)Columns / Blocks.Numbers() * Blocks.Bytes()
        : Format.IsQuantized() ? (long)Columns * GroupLayout.Bits(Format) / 8
        : (long)Columns * Format.Bytes();

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
