using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>A tensor as the header describes it; sizes outermost first, the offset counts from the first byte of data.</summary>
internal readonly record struct GgufTensorEntry(string Name, TensorDtype Dtype, long[] Shape, long Offset, long Length)
{
    public static GgufTensorEntry Read(ref GgufCursor cursor)
    {
        var name = cursor.Text("tensor name", GgufLimits.NameBytes);
        var rank = cursor.Read<uint>(name);
        if (rank is < 1 or > GgufLimits.Dimensions)
            throw cursor.Error(name, $"{rank} dimensions found; 1 to {GgufLimits.Dimensions} are allowed");
        var shape = new long[rank];
        for (var i = shape.Length - 1; i >= 0; i--)
            shape[i] = cursor.Read<long>(name);
        var type = cursor.Read<uint>(name);
        var dtype = GgufTensorTypes.Find(type)
            ?? throw cursor.Error(name, $"type {GgufTensorTypes.Name(type)} found; {GgufTensorTypes.Supported} are supported");
        var offset = cursor.Read<ulong>(name);
        return new(name, dtype, shape, offset <= long.MaxValue ? (long)offset : long.MaxValue, Bytes(ref cursor, name, dtype, shape));
    }

    /// <summary>Views of the data behind the header.</summary>
    public static List<TensorView> Place(MappedFile file, List<GgufTensorEntry> entries, long headerLength, int alignment)
    {
        var dataStart = checked(headerLength + alignment - 1) / alignment * alignment;
        var names = new HashSet<string>(StringComparer.Ordinal);
        return entries.ConvertAll(entry =>
        {
            if (!names.Add(entry.Name))
                throw new CheckpointException(file.Name, entry.Name, "the tensor occurs twice");
            if (entry.Offset % alignment != 0)
                throw new CheckpointException(file.Name, entry.Name, $"offset {entry.Offset} found; multiples of {alignment} are allowed");
            if (entry.Length > file.Length - dataStart || entry.Offset > file.Length - dataStart - entry.Length)
            {
                throw new CheckpointException(
                    file.Name, entry.Name, $"offset {entry.Offset} and {entry.Length} bytes found; {Math.Max(0, file.Length - dataStart)} "
                        + "bytes of data are there");
            }

            return new TensorView(
                file, new TensorEntry(entry.Name, entry.Dtype, entry.Shape, entry.Offset, entry.Offset + entry.Length), dataStart);
        });
    }

    private static long Bytes(ref GgufCursor cursor, string name, TensorDtype dtype, long[] shape)
    {
        foreach (var size in shape)
        {
            if (size is < 1 or > GgufLimits.Size)
                throw cursor.Error(name, $"a dimension of {size} found; 1 to {GgufLimits.Size} are allowed");
        }

        try
        {
            var rows = shape[..^1].Aggregate(1L, (product, size) => checked(product * size));
            var row = GgufTensorTypes.RowBytes(dtype, shape[^1])
                ?? throw cursor.Error(
                    name, $"rows of {shape[^1]} numbers found; {dtype.FormatName()} needs multiples of {dtype.Block().Elements}");
            return checked(rows * row);
        }
        catch (OverflowException)
        {
            throw cursor.Error(name, $"shape {TensorView.FormatShape(shape)} has more bytes than 64 bits can count");
        }
    }
}
