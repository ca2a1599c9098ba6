using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>Gives the tensors of an image side the names and the meaning that a Hugging Face folder has.</summary>
internal static class MmprojCheckpoint
{
    /// <summary>The tensors under their canonical names, all of them there and of the right shape.</summary>
    /// <exception cref="CheckpointException">
    /// One is missing, of another shape, or not known: without it the numbers would be wrong.
    /// </exception>
    public static IReadOnlyList<TensorView> Rename(GgufFile file, ModelConfig config)
    {
        var left = file.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        if (left.Remove(MmprojTensors.NewerNewline, out var newline))
            left.TryAdd(MmprojTensors.Newline, newline);
        var isDownFirst = left.TryGetValue("v.blk.0.ffn_down.weight", out var down) && down.Shape[^1] == config.Vision!.HiddenSize;
        var renamed = new List<TensorView>(left.Count);
        foreach (var expected in MmprojTensors.Of(config, config.Vision!.Layers, isDownFirst))
        {
            if (!left.Remove(expected.Name, out var tensor))
                throw new CheckpointException(file.Name, expected.Name, "the tensor is missing");
            if (!tensor.Shape.SequenceEqual(expected.Shape))
            {
                var (found, asked) = (TensorView.FormatShape(tensor.Shape), TensorView.FormatShape(expected.Shape));
                throw new CheckpointException(file.Name, expected.Name, $"shape {found} found; the file's keys ask for {asked}");
            }

            renamed.Add(tensor.As(expected.FullName, 0));
        }

        // A file of LLaVA-NeXT without its resolutions is read as the plain LLaVA that it then is.
        left.Remove(MmprojTensors.Newline);
        return left.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new CheckpointException(file.Name, unknown, "the image side of a LLaVA is not known to have this tensor")
            : renamed;
    }
}
