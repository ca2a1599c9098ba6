using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>A tensor of the image side.</summary>
/// <param name="Name">What GGUF files call it.</param>
/// <param name="Role">The part of the model.</param>
/// <param name="Canonical">What a Hugging Face folder calls it within that part.</param>
/// <param name="Shape">Sizes, outermost first.</param>
internal sealed record MmprojTensor(string Name, TensorRole Role, string Canonical, long[] Shape)
{
    /// <summary>The name that a Hugging Face folder would have.</summary>
    public string FullName => TensorNames.Prefixes(Role)[0] + Canonical;
}

/// <summary>Which tensors the image side of a LLaVA has.</summary>
internal static class MmprojTensors
{
    public const string PatchEmbedding = "v.patch_embd.weight";
    public const string ClassEmbedding = "v.class_embd";
    public const string Newline = "model.image_newline";

    /// <summary>What llama.cpp calls <see cref="Newline"/> since its converters know several towers.</summary>
    public const string NewerNewline = "v.image_newline";

    /// <summary>The matrix after the activation of the projector, [decoder's width, decoder's width].</summary>
    public const string ProjectorOut = "mm.2.weight";

    /// <summary>
    /// All tensors. The converters of LLaVA called the first matrix of a block's feed-forward "ffn_down" and the second "ffn_up"; later
    /// ones turned that round. llama.cpp, and so the reader here, tells the two by their shapes.
    /// </summary>
    /// <param name="config">The model.</param>
    /// <param name="blocks">Blocks of the tower that the file holds.</param>
    /// <param name="isDownFirst">Whether "ffn_down" names the first matrix.</param>
    public static IEnumerable<MmprojTensor> Of(ModelConfig config, int blocks, bool isDownFirst)
    {
        var vision = config.Vision!;
        long width = vision.HiddenSize, inner = vision.IntermediateSize, side = vision.PatchSize, text = config.Text.HiddenSize;
        long[] patches = [width, VisionConfig.Channels, side, side];
        yield return new(PatchEmbedding, TensorRole.Vision, "embeddings.patch_embedding.weight", patches);
        yield return new("v.position_embd.weight", TensorRole.Vision, "embeddings.position_embedding.weight", [vision.Positions, width]);
        if (vision.ModelType == VisionModelType.Clip)
        {
            yield return new(ClassEmbedding, TensorRole.Vision, "embeddings.class_embedding", [width]);
            foreach (var tensor in Pair(TensorRole.Vision, "v.pre_ln", "pre_layrnorm", width))
                yield return tensor;
        }
        else
        {
            yield return new("v.patch_embd.bias", TensorRole.Vision, "embeddings.patch_embedding.bias", [width]);
        }

        foreach (var tensor in Enumerable.Range(0, blocks).SelectMany(block => Block(block, width, inner, isDownFirst)))
            yield return tensor;
        foreach (var tensor in Pair(TensorRole.Projector, "mm.0", "linear_1", text, width * config.VisionFeatureLayers.Count))
            yield return tensor;
        foreach (var tensor in Pair(TensorRole.Projector, "mm.2", "linear_2", text, text))
            yield return tensor;
        if (config.Family == ModelFamily.LlavaNext)
            yield return new(Newline, TensorRole.ImageNewline, "", [text]);
    }

    private static IEnumerable<MmprojTensor> Block(int index, long width, long inner, bool isDownFirst)
    {
        var (gguf, canonical) = ($"v.blk.{index}.", $"encoder.layers.{index}.");
        return
        [
            .. Pair(TensorRole.Vision, gguf + "ln1", canonical + "layer_norm1", width),
            .. Pair(TensorRole.Vision, gguf + "attn_q", canonical + "self_attn.q_proj", width, width),
            .. Pair(TensorRole.Vision, gguf + "attn_k", canonical + "self_attn.k_proj", width, width),
            .. Pair(TensorRole.Vision, gguf + "attn_v", canonical + "self_attn.v_proj", width, width),
            .. Pair(TensorRole.Vision, gguf + "attn_out", canonical + "self_attn.out_proj", width, width),
            .. Pair(TensorRole.Vision, gguf + "ln2", canonical + "layer_norm2", width),
            .. Pair(TensorRole.Vision, gguf + (isDownFirst ? "ffn_down" : "ffn_up"), canonical + "mlp.fc1", inner, width),
            .. Pair(TensorRole.Vision, gguf + (isDownFirst ? "ffn_up" : "ffn_down"), canonical + "mlp.fc2", width, inner),
        ];
    }

    // A weight and a bias as tall as it.
    private static IEnumerable<MmprojTensor> Pair(TensorRole role, string gguf, string canonical, params long[] shape)
    {
        yield return new(gguf + ".weight", role, canonical + ".weight", shape);
        yield return new(gguf + ".bias", role, canonical + ".bias", shape[..1]);
    }
}
