using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Loading;

namespace Inference.Models.Vision;

/// <summary>Builds a <see cref="VisionEncoder"/> from a checkpoint: no block after the last feature layer is loaded.</summary>
internal static class VisionLoader
{
    public static VisionEncoder Load(IBackend backend, Checkpoint checkpoint, WeightPacker packer)
    {
        var model = checkpoint.Config;
        var config = model.Vision!;
        var tower = LoadTower(backend, checkpoint, config, model.VisionFeatureLayers.Max(), packer);
        var selection = new FeatureSelection(
            model.VisionFeatureLayers, model.VisionFeatureSelectStrategy == VisionFeatureSelectStrategy.Default);
        var projector = LoadProjector(backend, checkpoint, (long)config.HiddenSize * selection.Layers.Count, packer);
        Matrix? newline = model.Family == ModelFamily.LlavaNext
            ? new Matrix(packer.Vector(checkpoint.ImageNewline()), 1, model.Text.HiddenSize)
            : null;
        return new VisionEncoder(backend, tower, selection, projector, newline);
    }

    private static VisionTower LoadTower(IBackend backend, Checkpoint checkpoint, VisionConfig config, int lastLayer, WeightPacker packer)
    {
        var clip = config.ModelType == VisionModelType.Clip;
        long width = config.HiddenSize, side = config.PatchSize;
        var shape = new VisionShape
        {
            Width = config.HiddenSize,
            Intermediate = config.IntermediateSize,
            Heads = config.Heads,
            NormEpsilon = config.LayerNormEps,
            Activation = config.HiddenAct,
            ImageSize = config.ImageSize,
            PatchSize = config.PatchSize,
            ClassToken = clip,
        };
        var patchEmbedding = new Linear(
            packer.Matrix(checkpoint.Vision("embeddings.patch_embedding.weight", width, 3, side, side)),
            clip ? null : packer.Vector(checkpoint.Vision("embeddings.patch_embedding.bias", width)));
        Matrix? classToken = clip
            ? new Matrix(packer.Vector(checkpoint.Vision("embeddings.class_embedding", width)), 1, shape.Width)
            : null;
        var positions = packer.Vector(checkpoint.Vision("embeddings.position_embedding.weight", shape.Tokens, width));
        var preNorm = clip ? LoadNorm(checkpoint, "pre_layrnorm", width, packer) : null;
        var layers = new VisionLayer[lastLayer];
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i] = LoadLayer(checkpoint, $"encoder.layers.{i}.", config, packer);
        }

        return new VisionTower(
            backend, shape, patchEmbedding, classToken, new Matrix(positions, shape.Tokens, shape.Width), preNorm, layers);
    }

    private static VisionLayer LoadLayer(Checkpoint checkpoint, string prefix, VisionConfig config, WeightPacker packer)
    {
        long width = config.HiddenSize, inner = config.IntermediateSize;
        var attention = prefix + "self_attn.";
        return new VisionLayer
        {
            AttentionNorm = LoadNorm(checkpoint, prefix + "layer_norm1", width, packer),
            QueryKeyValue = new Linear(
                packer.Matrix(
                    checkpoint.Vision(attention + "q_proj.weight", width, width),
                    checkpoint.Vision(attention + "k_proj.weight", width, width),
                    checkpoint.Vision(attention + "v_proj.weight", width, width)),
                packer.Vector(
                    checkpoint.Vision(attention + "q_proj.bias", width),
                    checkpoint.Vision(attention + "k_proj.bias", width),
                    checkpoint.Vision(attention + "v_proj.bias", width))),
            Output = LoadLinear(checkpoint, attention + "out_proj", width, width, packer),
            FeedForwardNorm = LoadNorm(checkpoint, prefix + "layer_norm2", width, packer),
            Up = LoadLinear(checkpoint, prefix + "mlp.fc1", inner, width, packer),
            Down = LoadLinear(checkpoint, prefix + "mlp.fc2", width, inner, packer),
        };
    }

    private static Linear LoadLinear(Checkpoint checkpoint, string name, long outputs, long inputs, WeightPacker packer) =>
        new(packer.Matrix(checkpoint.Vision(name + ".weight", outputs, inputs)), packer.Vector(checkpoint.Vision(name + ".bias", outputs)));

    private static LayerNormWeights LoadNorm(Checkpoint checkpoint, string name, long width, WeightPacker packer) =>
        new(packer.Vector(checkpoint.Vision(name + ".weight", width)), packer.Vector(checkpoint.Vision(name + ".bias", width)));

    private static Projector LoadProjector(IBackend backend, Checkpoint checkpoint, long features, WeightPacker packer)
    {
        long width = checkpoint.Config.Text.HiddenSize;
        var bias = checkpoint.Config.ProjectorBias;
        return new Projector(
            backend,
            new Linear(
                packer.Matrix(checkpoint.Projector("linear_1.weight", width, features)),
                bias ? packer.Vector(checkpoint.Projector("linear_1.bias", width)) : null),
            checkpoint.Config.ProjectorHiddenAct,
            new Linear(
                packer.Matrix(checkpoint.Projector("linear_2.weight", width, width)),
                bias ? packer.Vector(checkpoint.Projector("linear_2.bias", width)) : null));
    }
}
