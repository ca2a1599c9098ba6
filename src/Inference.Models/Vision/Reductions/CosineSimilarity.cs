using Inference.Compute;

namespace Inference.Models.Vision;

/// <summary>
/// Cosine similarities between the rows of a matrix, some rows at a time: all pairs of a large image would not fit. Packs nothing before it
/// is asked.
/// </summary>
internal sealed class CosineSimilarity(IBackend backend, Matrix rows) : IDisposable
{
    private Buffer<float>? _unit;
    private PackedMatrix? _packed;

    /// <summary>similarities: [count, rows], those of rows [first, first + count).</summary>
    public void Fill(int first, int count, Memory<float> similarities)
    {
        Prepare();
        using var buffer = backend.Allocate<float>((long)count * rows.Rows);
        var y = new Matrix(buffer, count, rows.Rows);
        backend.MatMul(new Matrix(_unit!, rows.Rows, rows.Columns).RowRange(first, count), _packed!, y);
        backend.Download(buffer, 0, similarities.Span);
    }

    private unsafe void Prepare()
    {
        if (_packed is not null)
        {
            return;
        }

        var unit = new float[rows.Rows * rows.Columns];
        backend.Download(rows.Buffer, rows.Offset, unit.AsSpan());
        for (var row = 0; row < rows.Rows; row++)
        {
            Normalize(unit.AsSpan(row * rows.Columns, rows.Columns));
        }

        _unit = backend.Allocate<float>(unit.Length);
        backend.Upload<float>(unit, _unit);
        fixed (float* address = unit)
        {
            _packed = backend.Pack([new WeightSource((nint)address, NumberFormat.F32, rows.Rows, rows.Columns)], NumberFormat.F32);
            backend.Synchronize();
        }
    }

    // A row of zeros is similar to nothing.
    private static void Normalize(Span<float> row)
    {
        var sum = 0.0;
        foreach (var value in row)
        {
            sum += (double)value * value;
        }

        var scale = sum > 0 ? 1 / Math.Sqrt(sum) : 0;
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (float)(row[i] * scale);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _unit?.Dispose();
        _packed?.Dispose();
    }
}
