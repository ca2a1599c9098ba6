using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Loading;

/// <summary>Moves tensors of a checkpoint into backend memory and counts what has been moved.</summary>
internal sealed class WeightPacker(IBackend backend, long totalBytes, IProgress<LoadProgress>? progress)
{
    private long _done;

    /// <summary>Packs matrices that read the same input one below the other, in the format they are stored in.</summary>
    public PackedMatrix Matrix(params ReadOnlySpan<TensorView> tensors) => Matrix(null, tensors);

    /// <summary>Packs matrices that read the same input one below the other.</summary>
    /// <param name="asked">How they are to be held; null: as they are stored, and float32 where that differs.</param>
    /// <param name="tensors">The matrices.</param>
    /// <exception cref="CheckpointException">A weight has no finite rounding in that format.</exception>
    public unsafe PackedMatrix Matrix(NumberFormat? asked, params ReadOnlySpan<TensorView> tensors)
    {
        Span<WeightSource> sources = stackalloc WeightSource[tensors.Length];
        var stored = FormatOf(tensors[0]);
        for (var i = 0; i < tensors.Length; i++)
        {
            var tensor = tensors[i];
            var rows = checked((int)tensor.Shape[0]);
            sources[i] = new WeightSource((nint)tensor.Pointer, FormatOf(tensor), rows, checked((int)(tensor.ElementCount / rows)));
            if (sources[i].Format != stored)
            {
                stored = NumberFormat.F32;
            }
        }

        var packed = Pack(sources, asked ?? stored, tensors[0]);
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

    private PackedMatrix Pack(ReadOnlySpan<WeightSource> sources, NumberFormat format, TensorView first)
    {
        try
        {
            return backend.Pack(sources, format);
        }
        catch (InvalidDataException failure)
        {
            throw new CheckpointException(first.FileName, first.Name, failure.Message);
        }
    }

    private void Finish(TensorView tensor)
    {
        tensor.Release();
        _done += tensor.ByteLength;
        progress?.Report(new LoadProgress(_done, totalBytes));
    }

    private static NumberFormat FormatOf(TensorView tensor) => tensor.Dtype switch
    {
        TensorDtype.F32 => NumberFormat.F32,
        TensorDtype.BF16 => NumberFormat.BF16,
        TensorDtype.F16 => NumberFormat.F16,
        _ => throw new CheckpointException(tensor.FileName, tensor.Name, $"dtype {tensor.Dtype} found; F32, F16 and BF16 weights are supported"),
    };
}
