using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Decoders;
using Inference.Models.Loading;

namespace Inference.Models.Gguf;

/// <summary>Writes decoders as GGUF files, which llama.cpp and what is built on it read.</summary>
public static class GgufExporter
{
    /// <summary>Writes the decoder of a model folder with its tokenizer and chat template.</summary>
    /// <param name="checkpoint">The folder, opened.</param>
    /// <param name="weights">
    /// How matrices are written: int8 as Q8_0, int4 as Q4_0 with a vocabulary in Q8_0; null: as they are stored.
    /// </param>
    /// <param name="path">The file to write.</param>
    /// <exception cref="CheckpointException">Something cannot be said in such a file.</exception>
    /// <exception cref="InvalidDataException">A weight cannot be rounded to that format.</exception>
    public static GgufExport Export(Checkpoint checkpoint, NumberFormat? weights, string path)
    {
        if (GgufFile.IsNamed(checkpoint.Folder))
            throw new CheckpointException(checkpoint.Folder, null, "a GGUF file found; a folder with safetensors is needed");
        var config = checkpoint.Config.Text;
        var shape = new GgufShape(
            GgufNames.Architecture(config.ModelType), Path.GetFileName(checkpoint.Folder), DecoderLoader.ShapeOf(config),
            config.MaxPositionEmbeddings, DecoderLoader.ScalingOf(config.Rope));
        return Write(shape, FolderVocabulary.Read(checkpoint), [.. CheckpointTensors.Create(checkpoint, weights)], path);
    }

    /// <summary>Writes the weights of <see cref="RandomDecoder"/> with a vocabulary of bytes.</summary>
    /// <param name="decoder">Sizes.</param>
    /// <param name="weights">How matrices are written.</param>
    /// <param name="contextLength">Longest sequence that the file admits.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="seed">The seed of the same decoder in memory.</param>
    public static GgufExport ExportRandom(DecoderShape decoder, NumberFormat weights, int contextLength, string path, int seed = 0)
    {
        var shape = new GgufShape(
            GgufNames.Architecture(TextModelType.Llama), "random", decoder, contextLength, new RopeScaling(RandomDecoder.RotaryTheta));
        return Write(shape, DummyVocabulary.Create(decoder.Vocabulary), [.. RandomTensors.Create(decoder, weights, seed)], path);
    }

    /// <summary>The type of a format in the file.</summary>
    internal static TensorDtype DtypeOf(NumberFormat format) => format switch
    {
        NumberFormat.F32 => TensorDtype.F32,
        NumberFormat.F16 => TensorDtype.F16,
        NumberFormat.BF16 => TensorDtype.BF16,
        NumberFormat.Int8 => TensorDtype.Q8,
        NumberFormat.Int4 => TensorDtype.Q4,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such type in GGUF files."),
    };

    private static GgufExport Write(GgufShape shape, GgufVocabulary vocabulary, List<GgufTensor> tensors, string path)
    {
        foreach (var tensor in tensors)
        {
            if (GgufTensorTypes.RowBytes(tensor.Dtype, tensor.Shape[^1]) is null)
            {
                throw new CheckpointException(
                    Path.GetFileName(path), tensor.Name,
                    $"rows of {tensor.Shape[^1]} numbers are no whole blocks of {tensor.Dtype.FormatName()}; f32, f16 and bf16 take any");
            }
        }

        if (shape.RotaryFactors() is { } factors)
            tensors.Add(new GgufTensor(GgufNames.RotaryFactors, TensorDtype.F32, [factors.Length], 0, values => factors.CopyTo(values)));
        var dtype = GgufTensor.MostOf(tensors);
        using var writer = new GgufWriter(path);
        shape.WriteTo(writer.Metadata, dtype);
        vocabulary.WriteTo(writer.Metadata);
        foreach (var tensor in tensors)
            writer.Declare(tensor.Name, tensor.Dtype, tensor.Shape is [var rows, 1] ? [rows] : tensor.Shape);
        foreach (var tensor in tensors)
            tensor.WriteTo(writer);
        return new GgufExport(shape.Architecture, dtype, tensors.Count, writer.Complete());
    }
}

/// <summary>What was written.</summary>
/// <param name="Architecture">"llama" or "qwen2"; "clip" for an image side.</param>
/// <param name="Dtype">The type of most weights.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Bytes">Bytes of the file.</param>
public sealed record GgufExport(string Architecture, TensorDtype Dtype, int Tensors, long Bytes);
