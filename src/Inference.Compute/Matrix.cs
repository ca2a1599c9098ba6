namespace Inference.Compute;

/// <summary>A row-major float32 view of a buffer: [Rows, Columns], consecutive rows <see cref="Stride"/> elements apart.</summary>
public readonly record struct Matrix
{
    /// <summary>Views <paramref name="rows"/> × <paramref name="columns"/> elements of <paramref name="buffer"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The view reaches outside the buffer.</exception>
    public Matrix(Buffer<float> buffer, long offset, int rows, int columns, int stride)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        if (rows > 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + ((long)(rows - 1) * stride) + columns, buffer.Length);
        }

        (Buffer, Offset, Rows, Columns, Stride) = (buffer, offset, rows, columns, stride);
    }

    /// <summary>Views the whole of a dense buffer as one matrix.</summary>
    public Matrix(Buffer<float> buffer, int rows, int columns)
        : this(buffer, 0, rows, columns, columns)
    {
    }

    /// <summary>The memory viewed.</summary>
    public Buffer<float> Buffer { get; }

    /// <summary>Element of the buffer at row 0, column 0.</summary>
    public long Offset { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Elements between the starts of consecutive rows.</summary>
    public int Stride { get; }

    /// <summary>The rows [<paramref name="first"/>, <paramref name="first"/> + <paramref name="count"/>).</summary>
    public Matrix RowRange(int first, int count) => new(Buffer, Offset + ((long)first * Stride), count, Columns, Stride);

    /// <summary>The columns [<paramref name="first"/>, <paramref name="first"/> + <paramref name="count"/>) of every row.</summary>
    public Matrix ColumnRange(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, Columns);
        return new(Buffer, Offset + first, Rows, count, Stride);
    }
}
