using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Decoders;

namespace Inference.Models.Gguf;

/// <summary>The decoder's tensors of a model folder; the image side stays behind.</summary>
internal static class CheckpointTensors
{
    /// <param name="checkpoint">The folder.</param>
    /// <param name="weights">How matrices are written; null: as they are stored.</param>
    public static IEnumerable<GgufTensor> Create(Checkpoint checkpoint, NumberFormat? weights)
    {
        var config = checkpoint.Config.Text;
        var architecture = GgufNames.Architecture(config.ModelType);
        var headDim = GgufNames.HasPairedRows(architecture) ? config.HeadDim : 0;
        var vocabulary = DecoderLoader.VocabularyFormat(weights);
        var (embedding, head) = (checkpoint.EmbedTokens(), checkpoint.LmHead());
        yield return Of(GgufNames.Embedding, embedding, vocabulary);
        for (var i = 0; i < config.Layers; i++)
        {
            foreach (var (gguf, canonical) in GgufNames.Block)
            {
                var pairs = gguf is "attn_q" or "attn_k" ? headDim : 0;
                yield return Of(
                    $"blk.{i}.{gguf}.weight", checkpoint.Require(TensorRole.Text, $"layers.{i}.{canonical}.weight"), weights, pairs);
                if (DecoderTensors.HasBias(config, canonical) is true)
                    yield return Of(
                        $"blk.{i}.{gguf}.bias", checkpoint.Require(TensorRole.Text, $"layers.{i}.{canonical}.bias"), weights, pairs);
            }
        }

        yield return Of(GgufNames.Norm, checkpoint.Require(TensorRole.Text, "norm.weight"), weights);
        if (!ReferenceEquals(head, embedding))
            yield return Of(GgufNames.Head, head, vocabulary);
    }

    // llama.cpp computes with vectors in float32 only.
    private static GgufTensor Of(string name, TensorView tensor, NumberFormat? weights, int pairedHeadDim = 0)
    {
        var isVector = tensor.Shape.Length == 1;
        var dtype = isVector ? TensorDtype.F32 : weights is { } format ? GgufExporter.DtypeOf(format) : tensor.Dtype;
        // A bias is a column as tall as its matrix: its elements move as the rows do.
        long[] shape = isVector && pairedHeadDim > 0 ? [tensor.ElementCount, 1] : tensor.Shape.ToArray();
        var next = 0L;
        return new GgufTensor(name, dtype, shape, pairedHeadDim, values =>
        {
            tensor.CopyTo(next, values);
            next += values.Length;
        });
    }
}
