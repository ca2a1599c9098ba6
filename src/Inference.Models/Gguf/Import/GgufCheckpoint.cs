using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>Gives the tensors of a GGUF file the names and the meaning that a Hugging Face folder has.</summary>
internal static class GgufCheckpoint
{
    private const string TextPrefix = "model.";

    /// <summary>The tensors under their canonical names.</summary>
    /// <exception cref="CheckpointException">A tensor of a block is not known: without it the numbers would be wrong.</exception>
    public static IEnumerable<TensorView> Rename(GgufFile file, string architecture, TextConfig config)
    {
        var headDim = GgufNames.HasPairedRows(architecture) ? config.HeadDim : 0;
        foreach (var tensor in file.Tensors)
        {
            if (CanonicalName(tensor.Name) is { } name)
                yield return tensor.As(
                    name,
                    name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal) ? headDim : 0);
            else if (tensor.Name != GgufNames.RotaryFactors)
                throw new CheckpointException(
                    file.Name, tensor.Name, $"a decoder of architecture '{architecture}' is not known to have this tensor");
        }
    }

    private static string? CanonicalName(string name) => name switch
    {
        GgufNames.Embedding => TextPrefix + "embed_tokens.weight",
        GgufNames.Norm => TextPrefix + "norm.weight",
        GgufNames.Head => "lm_head.weight",
        _ => BlockName(name.Split('.')),
    };

    // blk.N.NAME.weight
    private static string? BlockName(string[] parts)
    {
        if (parts is not ["blk", var layer, var name, "weight" or "bias"] || !int.TryParse(layer, out _))
            return null;
        var canonical = GgufNames.Block.FirstOrDefault(known => known.Gguf == name).Canonical;
        return canonical is null ? null : $"{TextPrefix}layers.{layer}.{canonical}.{parts[3]}";
    }
}
