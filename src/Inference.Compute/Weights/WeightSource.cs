namespace Inference.Compute;

/// <summary>
/// Weights as a checkpoint holds them: row-major [Rows = outputs, Columns = inputs] at <see cref="Address"/>, usually mapped file pages.
/// The memory must stay valid until packing returns.
/// </summary>
public readonly record struct WeightSource(nint Address, NumberFormat Format, int Rows, int Columns)
{
    /// <summary>Bytes at <see cref="Address"/>.</summary>
    public long Bytes => (long)Rows * Columns * Format.Bytes();
}
