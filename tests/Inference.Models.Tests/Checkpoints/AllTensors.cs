using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Asks for every tensor of a model as a loader does, with its shape.</summary>
internal static class AllTensors
{
    public static void Require(Checkpoint checkpoint)
    {
        Text(checkpoint, checkpoint.Config.Text);
        if (checkpoint.Config.Vision is { } vision)
        {
            Vision(checkpoint, vision);
            Projector(checkpoint, vision);
        }
        if (checkpoint.Config.Family == ModelFamily.LlavaNext)
            checkpoint.ImageNewline();
    }

    private static void Text(Checkpoint checkpoint, TextConfig text)
    {
        long hidden = text.HiddenSize, ffn = text.IntermediateSize, q = text.Heads * text.HeadDim, kv = text.KvHeads * text.HeadDim;
        checkpoint.EmbedTokens();
        checkpoint.LmHead();
        checkpoint.Text("norm.weight", hidden);
        for (var i = 0; i < text.Layers; i++)
        {
            Linear($"layers.{i}.self_attn.q_proj", q, hidden, text.QkvBias);
            Linear($"layers.{i}.self_attn.k_proj", kv, hidden, text.QkvBias);
            Linear($"layers.{i}.self_attn.v_proj", kv, hidden, text.QkvBias);
            Linear($"layers.{i}.self_attn.o_proj", hidden, q, text.OutputBias);
            Linear($"layers.{i}.mlp.gate_proj", ffn, hidden, text.MlpBias);
            Linear($"layers.{i}.mlp.up_proj", ffn, hidden, text.MlpBias);
            Linear($"layers.{i}.mlp.down_proj", hidden, ffn, text.MlpBias);
            checkpoint.Text($"layers.{i}.input_layernorm.weight", hidden);
            checkpoint.Text($"layers.{i}.post_attention_layernorm.weight", hidden);
        }

        void Linear(string name, long outputs, long inputs, bool bias)
        {
            checkpoint.Text(name + ".weight", outputs, inputs);
            if (bias)
                checkpoint.Text(name + ".bias", outputs);
        }
    }

    private static void Vision(Checkpoint checkpoint, VisionConfig vision)
    {
        long hidden = vision.HiddenSize, ffn = vision.IntermediateSize;
        checkpoint.Vision("embeddings.patch_embedding.weight", hidden, VisionConfig.Channels, vision.PatchSize, vision.PatchSize);
        checkpoint.Vision("embeddings.position_embedding.weight", vision.Positions, hidden);
        if (vision.ModelType == VisionModelType.Clip)
        {
            checkpoint.Vision("embeddings.class_embedding", hidden);
            Norm("pre_layrnorm");
        }
        else
        {
            checkpoint.Vision("embeddings.patch_embedding.bias", hidden);
            foreach (var head in (string[])["probe", "attention.in_proj_weight", "attention.in_proj_bias", "attention.out_proj.weight",
                "attention.out_proj.bias", "layernorm.weight", "layernorm.bias", "mlp.fc1.weight", "mlp.fc1.bias", "mlp.fc2.weight",
                "mlp.fc2.bias"])
                checkpoint.TryGet(TensorRole.Vision, "head." + head, out _);
        }
        Norm("post_layernorm");
        for (var i = 0; i < vision.Layers; i++)
        {
            var layer = $"encoder.layers.{i}.";
            Norm(layer + "layer_norm1");
            Norm(layer + "layer_norm2");
            foreach (var projection in (string[])["q_proj", "k_proj", "v_proj", "out_proj"])
                Linear($"{layer}self_attn.{projection}", hidden, hidden);
            Linear(layer + "mlp.fc1", ffn, hidden);
            Linear(layer + "mlp.fc2", hidden, ffn);
        }

        void Norm(string name)
        {
            checkpoint.Vision(name + ".weight", hidden);
            checkpoint.Vision(name + ".bias", hidden);
        }

        void Linear(string name, long outputs, long inputs)
        {
            checkpoint.Vision(name + ".weight", outputs, inputs);
            checkpoint.Vision(name + ".bias", outputs);
        }
    }

    private static void Projector(Checkpoint checkpoint, VisionConfig vision)
    {
        long hidden = checkpoint.Config.Text.HiddenSize;
        checkpoint.Projector("linear_1.weight", hidden, (long)vision.HiddenSize * checkpoint.Config.VisionFeatureLayers.Count);
        checkpoint.Projector("linear_2.weight", hidden, hidden);
        if (checkpoint.Config.ProjectorBias)
        {
            checkpoint.Projector("linear_1.bias", hidden);
            checkpoint.Projector("linear_2.bias", hidden);
        }
    }
}
