using System.Diagnostics.CodeAnalysis;

namespace Inference.Compute.Cpu;

/// <summary>Checks at the seam: kernels trust what passed here. Messages are built only when a check fails.</summary>
internal static unsafe class Arguments
{
    /// <summary>The memory of a buffer of this backend.</summary>
    /// <exception cref="ArgumentException">The buffer belongs to another backend.</exception>
    public static T* Pointer<T>(Buffer<T> buffer, string name)
        where T : unmanaged
    {
        if (buffer is CpuBuffer<T> own)
            return own.Pointer;
        ArgumentNullException.ThrowIfNull(buffer, name);
        throw new ArgumentException($"A buffer of the cpu backend was expected, found {buffer.GetType().Name}.", name);
    }

    /// <summary>The memory of a buffer that holds at least <paramref name="length"/> elements.</summary>
    public static T* Pointer<T>(Buffer<T> buffer, long length, string name)
        where T : unmanaged
    {
        var pointer = Pointer(buffer, name);
        if (buffer.Length < length)
            throw new ArgumentException($"At least {length} elements were expected, found {buffer.Length}.", name);
        return pointer;
    }

    /// <summary>The rows of a matrix in memory of this backend.</summary>
    public static RowView View(Matrix matrix, string name) =>
        new(Pointer(matrix.Buffer, name) + matrix.Offset, matrix.Rows, matrix.Columns, matrix.Stride);

    /// <summary>The rows of a matrix of the given shape.</summary>
    public static RowView View(Matrix matrix, int rows, int columns, string name)
    {
        if (matrix.Rows != rows || matrix.Columns != columns)
            throw new ArgumentException($"A matrix of {rows} x {columns} was expected, found {matrix.Rows} x {matrix.Columns}.", name);
        return View(matrix, name);
    }

    /// <summary>Packed weights of this backend.</summary>
    public static CpuPackedMatrix Weights(PackedMatrix weights, string name)
    {
        if (weights is CpuPackedMatrix own)
            return own;
        ArgumentNullException.ThrowIfNull(weights, name);
        throw new ArgumentException($"Weights packed by the cpu backend were expected, found {weights.GetType().Name}.", name);
    }

    /// <summary>A KV pool of this backend.</summary>
    public static CpuKvPool Pool(KvPool pool, string name)
    {
        if (pool is CpuKvPool own)
            return own;
        ArgumentNullException.ThrowIfNull(pool, name);
        throw new ArgumentException($"A KV pool of the cpu backend was expected, found {pool.GetType().Name}.", name);
    }

    /// <summary>Indices, all in [lowest, limit).</summary>
    public static int* Indices(Buffer<int> indices, int count, int lowest, int limit, string name)
    {
        var pointer = Pointer(indices, count, name);
        for (var i = 0; i < count; i++)
        {
            if (pointer[i] < lowest || pointer[i] >= limit)
                throw new ArgumentException($"Indices in [{lowest}, {limit}) were expected, found {pointer[i]} at {i}.", name);
        }

        return pointer;
    }

    /// <summary>Terms [first, first + count) that name rows which exist; the first of them.</summary>
    public static RowTerm* Terms(Buffer<RowTerm> terms, int first, int count, int sourceRows, int destinationRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var pointer = Pointer(terms, (long)first + count, nameof(terms)) + first;
        for (var i = 0; i < count; i++)
        {
            var term = pointer[i];
            if ((uint)term.Source >= (uint)sourceRows || (uint)term.Destination >= (uint)destinationRows)
                throw new ArgumentException(
                    $"Rows of {sourceRows} and {destinationRows} were expected, found {term} at {first + i}.", nameof(terms));
        }

        return pointer;
    }

    /// <summary>Terms [first, first + count) that name rows, vectors and elements which exist; the first of them.</summary>
    public static DotTerm* Terms(Buffer<DotTerm> terms, int first, int count, int rows, int vectors, long elements)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var pointer = Pointer(terms, (long)first + count, nameof(terms)) + first;
        for (var i = 0; i < count; i++)
        {
            var term = pointer[i];
            if ((uint)term.Row >= (uint)rows || (uint)term.Vector >= (uint)vectors || (uint)term.Destination >= elements)
            {
                var message =
                    $"Rows of {rows}, vectors of {vectors} and elements of {elements} were expected, found {term} at {first + i}.";
                throw new ArgumentException(message, nameof(terms));
            }
        }

        return pointer;
    }

    /// <summary>Throws where <paramref name="condition"/> does not hold.</summary>
    public static void Require([DoesNotReturnIf(false)] bool condition, string message, string name)
    {
        if (!condition)
            throw new ArgumentException(message, name);
    }

    /// <summary>
    /// Segments whose rows lie in a batch of <paramref name="rows"/>, whose slots exist and whose page table entries name pages of the
    /// pool.
    /// </summary>
    public static AttentionSegment* Segments(
        Buffer<AttentionSegment> segments, int count, int rows, Buffer<int> pageTable, int pageTableOffset, int pages, bool writes)
    {
        var table = Pointer(pageTable, nameof(pageTable));
        var first = Pointer(segments, count, nameof(segments));
        ArgumentOutOfRangeException.ThrowIfNegative(pageTableOffset);
        for (var s = 0; s < count; s++)
        {
            var segment = first[s];
            if (segment.RowCount == 0)
                continue;
            var slots = (long)segment.Visible + ((long)segment.Causal * (segment.RowCount - 1));
            var lastPage = segment.FirstPage + ((slots - 1) / KvGeometry.PageSize);
            if (segment.FirstRow < 0 || segment.RowCount < 0 || (long)segment.FirstRow + segment.RowCount > rows
                || segment.Visible < 1 || segment.Causal is < 0 or > 1 || (writes && segment.SlotOf(0) < 0)
                || segment.FirstPage < 0 || pageTableOffset + lastPage >= pageTable.Length)
            {
                throw new ArgumentException(
                    $"Segment {s} ({segment}) does not fit {rows} rows and {pageTable.Length} pages from {pageTableOffset} on.",
                    nameof(segments));
            }

            for (var page = segment.FirstPage; page <= lastPage; page++)
            {
                var found = table[pageTableOffset + page];
                if ((uint)found >= (uint)pages)
                {
                    var message = $"Pages in [0, {pages}) were expected, found {found} in the table of segment {s}.";
                    throw new ArgumentException(message, nameof(pageTable));
                }
            }
        }

        return first;
    }

    /// <summary>Throws where segments that passed <see cref="Segments"/> are not in the order of their rows, or two share one.</summary>
    public static void Apart(Buffer<AttentionSegment> segments, int count, string name)
    {
        var first = Pointer(segments, count, name);
        var row = 0;
        for (var s = 0; s < count; s++)
        {
            if (first[s].FirstRow < row && first[s].RowCount > 0)
                throw new ArgumentException($"Rows from {row} on were expected in segment {s}, found {first[s]}.", name);
            row = Math.Max(row, first[s].FirstRow + first[s].RowCount);
        }
    }
}
