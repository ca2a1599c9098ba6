using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Loading;

/// <summary>Moves tensors of a checkpoint into backend memory and counts what has been moved.</summary>
/// <param name="backend">What packs.</param>
/// <param name="totalBytes">Bytes of the weight files.</param>
/// <param name="progress">Told of the count.</param>
/// <param name="store">Keeps what was packed, or null.</param>
internal sealed class WeightPacker(IBackend backend, long totalBytes, IProgress<LoadProgress>? progress, IPackStore? store)
{
    private long _done;

    /// <summary>Packs matrices that read the same input one below the other, in the format they are stored in.</summary>
    public PackedMatrix Matrix(params ReadOnlySpan<TensorView> tensors) => Matrix(null, tensors);

    /// <summary>Packs matrices that read the same input one below the other.</summary>
    /// <param name="asked">How they are to be held; null: as they are stored, and float32 where that differs.</param>
    /// <param name="tensors">The matrices.</param>
    /// <exception cref="CheckpointException">A weight has no finite rounding in that format.</exception>
    public PackedMatrix Matrix(NumberFormat? asked, params ReadOnlySpan<TensorView> tensors)
    {
        Span<WeightSource> sources = stackalloc WeightSource[tensors.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            sources[i] = SourceOf(tensors[i]);
        }

        var stored = sources[0].Format;
        foreach (var source in sources)
        {
            stored = Common(stored, source.Format);
        }

        var packed = Find(tensors, sources, asked ?? stored) ?? Pack(sources, asked ?? stored, tensors);
        foreach (var tensor in tensors)
        {
            Finish(tensor);
        }

        return packed;
    }

    /// <summary>Widens vectors into one float32 buffer, end to end.</summary>
    public Buffer<float> Vector(params ReadOnlySpan<TensorView> tensors)
    {
        long length = 0;
        foreach (var tensor in tensors)
        {
            length += tensor.ElementCount;
        }

        var buffer = backend.Allocate<float>(length);
        long offset = 0;
        foreach (var tensor in tensors)
        {
            backend.Upload<float>(tensor.ToSingles(), buffer, offset);
            offset += tensor.ElementCount;
            Finish(tensor);
        }

        return buffer;
    }

    private PackedMatrix? Find(ReadOnlySpan<TensorView> tensors, ReadOnlySpan<WeightSource> sources, NumberFormat format)
    {
        if (store is null)
            return null;
        var rows = 0;
        foreach (var source in sources)
        {
            rows = checked(rows + source.Rows);
        }

        return store.Find(Name(tensors), rows, sources[0].Columns, format);
    }

    private PackedMatrix Pack(ReadOnlySpan<WeightSource> sources, NumberFormat format, ReadOnlySpan<TensorView> tensors)
    {
        try
        {
            var packed = backend.Pack(sources, format);
            return store is null ? packed : store.Keep(Name(tensors), packed);
        }
        catch (InvalidDataException failure)
        {
            throw new CheckpointException(tensors[0].FileName, tensors[0].Name, failure.Message);
        }
    }

    // Names as the files spell them: a matrix of several tensors is named by all.
    private static string Name(ReadOnlySpan<TensorView> tensors)
    {
        var name = tensors[0].Name;
        foreach (var tensor in tensors[1..])
        {
            name += "\n" + tensor.Name;
        }

        return name;
    }

    private void Finish(TensorView tensor)
    {
        tensor.Release();
        _done += tensor.StoredBytes;
        progress?.Report(new LoadProgress(_done, totalBytes));
    }

    // What holds both: of integers the wider ones, else float32.
    private static NumberFormat Common(NumberFormat a, NumberFormat b) =>
        a == b ? a : a.IsQuantized() && b.IsQuantized() ? NumberFormat.Int8 : NumberFormat.F32;

    private static unsafe WeightSource SourceOf(TensorView tensor)
    {
        var (address, rows) = ((nint)tensor.Pointer, checked((int)tensor.Shape[0]));
        var columns = checked((int)(tensor.ElementCount / rows));
        var source = tensor.Dtype switch
        {
            TensorDtype.F32 => new WeightSource(address, NumberFormat.F32, rows, columns),
            TensorDtype.BF16 => new WeightSource(address, NumberFormat.BF16, rows, columns),
            TensorDtype.F16 => new WeightSource(address, NumberFormat.F16, rows, columns),
            _ when tensor.Dtype.IsBlocked() => WeightSource.OfBlocks(address, tensor.Dtype.Blocks(), rows, columns),
            _ when tensor.Dtype.Groups() is { } format => WeightSource.OfGroups(
                address, format, (nint)tensor.Scales!.Pointer, tensor.Offsets is { } offsets ? (nint)offsets.Pointer : 0,
                tensor.Scales.Dtype == TensorDtype.F16 ? NumberFormat.F16 : NumberFormat.BF16, rows, columns),
            _ => throw new CheckpointException(
                tensor.FileName, tensor.Name, $"dtype {tensor.Dtype} found; F32, F16 and BF16 weights are supported"),
        };
        return source with { PairedHeadDim = tensor.PairedHeadDim };
    }
}
