namespace Inference.Compute;

/// <summary>
/// Weights as a checkpoint holds them: row-major [Rows = outputs, Columns = inputs] at <see cref="Pointer"/>, usually mapped file pages.
/// The memory must stay valid until packing returns.
/// </summary>
public readonly unsafe record struct WeightSource(void* Pointer, NumberFormat Format, int Rows, int Columns)
{
    /// <summary>Bytes at <see cref="Pointer"/>.</summary>
    public long Bytes => (long)Rows * Columns * Format.Bytes();
}
