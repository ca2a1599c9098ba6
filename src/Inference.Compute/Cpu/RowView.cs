namespace Inference.Compute.Cpu;

/// <summary>What kernels see of a <see cref="Matrix"/>: row-major floats, <paramref name="stride"/> elements from row to row.</summary>
internal readonly unsafe struct RowView(float* data, int rows, int columns, int stride)
{
    public readonly float* Data = data;
    public readonly int Rows = rows;
    public readonly int Columns = columns;
    public readonly int Stride = stride;

    /// <summary>First element of a row.</summary>
    public float* Row(int row) => Data + ((long)row * Stride);
}
