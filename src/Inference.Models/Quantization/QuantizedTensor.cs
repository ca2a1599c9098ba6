using System.Runtime.InteropServices;
using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Quantization;

/// <summary>A tensor on its way into a quantised folder.</summary>
/// <param name="Source">What it is made of.</param>
/// <param name="Format">The integers that it becomes; null: copied as it is.</param>
internal sealed record QuantizedTensor(TensorView Source, NumberFormat? Format)
{
    private const int ChunkLength = 1 << 21;

    private string ScaleName => Source.Name + GroupedTensors.ScaleSuffix;

    private string OffsetName => Source.Name + GroupedTensors.OffsetSuffix;

    private int ScaleBytes => sizeof(ushort) * GroupEncoder.Groups(Columns);

    private long Rows => Source.Shape[0];

    private int Columns => checked((int)Source.Shape[1]);

    /// <summary>Names in the file.</summary>
    public IEnumerable<string> Names => Format switch
    {
        null => [Source.Name],
        { } format when format.HasOffset() => [Source.Name, ScaleName, OffsetName],
        _ => [Source.Name, ScaleName],
    };

    /// <summary>Bytes in the file.</summary>
    public long Bytes => Format is { } format
        ? checked(Rows * (GroupEncoder.RowBytes(format, Columns) + (ScaleBytes * (format.HasOffset() ? 2L : 1L))))
        : Source.ByteLength;

    /// <summary>Announces it.</summary>
    public void Declare(SafetensorsWriter writer)
    {
        if (Format is not { } format)
        {
            writer.Declare(Source.Name, Source.Dtype, Source.Shape);
            return;
        }

        if (format == NumberFormat.Int8)
            writer.Declare(Source.Name, TensorDtype.I8, Rows, Columns);
        else
            writer.Declare(Source.Name, TensorDtype.U8, Rows, Columns / 2);
        writer.Declare(ScaleName, TensorDtype.BF16, Rows, GroupEncoder.Groups(Columns));
        if (format.HasOffset())
            writer.Declare(OffsetName, TensorDtype.BF16, Rows, GroupEncoder.Groups(Columns));
    }

    /// <summary>Reads, rounds and writes some rows at a time.</summary>
    /// <exception cref="CheckpointException">A number cannot be rounded to the format.</exception>
    public void WriteTo(SafetensorsWriter writer, CancellationToken cancellationToken)
    {
        if (Format is { } format)
            Quantize(writer, format, cancellationToken);
        else
            Copy(writer, cancellationToken);
        Source.Release();
    }

    private void Copy(SafetensorsWriter writer, CancellationToken cancellationToken)
    {
        for (var offset = 0L; offset < Source.ByteLength; offset += ChunkLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.WriteBytes(Source.Name, Source.Slice(offset, (int)Math.Min(ChunkLength, Source.ByteLength - offset)));
        }
    }

    private void Quantize(SafetensorsWriter writer, NumberFormat format, CancellationToken cancellationToken)
    {
        var rowsAtOnce = (int)Math.Min(Rows, Math.Max(1, ChunkLength / Columns));
        var (rowBytes, groups) = (GroupEncoder.RowBytes(format, Columns), GroupEncoder.Groups(Columns));
        var values = new float[rowsAtOnce * Columns];
        var integers = new byte[rowsAtOnce * rowBytes];
        var scales = new ushort[rowsAtOnce * groups];
        var offsets = format.HasOffset() ? new ushort[scales.Length] : [];
        for (var first = 0L; first < Rows; first += rowsAtOnce)
        {
            var rows = (int)Math.Min(rowsAtOnce, Rows - first);
            Source.CopyTo(first * Columns, values.AsSpan(0, rows * Columns));
            Round(rows, row => GroupEncoder.Encode(
                values.AsSpan(row * Columns, Columns), format, integers.AsSpan(row * rowBytes, rowBytes),
                scales.AsSpan(row * groups, groups), format.HasOffset() ? offsets.AsSpan(row * groups, groups) : []), cancellationToken);
            writer.WriteBytes(Source.Name, integers.AsSpan(0, rows * rowBytes));
            writer.WriteBytes(ScaleName, MemoryMarshal.AsBytes(scales.AsSpan(0, rows * groups)));
            if (format.HasOffset())
                writer.WriteBytes(OffsetName, MemoryMarshal.AsBytes(offsets.AsSpan(0, rows * groups)));
        }
    }

    private void Round(int rows, Action<int> encode, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, rows, new ParallelOptions { CancellationToken = cancellationToken }, encode);
        }
        catch (AggregateException failures) when (failures.InnerExceptions[0] is InvalidDataException failure)
        {
            throw new CheckpointException(Source.FileName, Source.Name, failure.Message, failure);
        }
    }
}
