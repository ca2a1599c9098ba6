namespace Inference.Models.Checkpoints;

/// <summary>What the blocks of a decoder are made of.</summary>
internal static class DecoderTensors
{
    // Frequencies that follow from config.json; transformers before 4.32 wrote them down for every block.
    private const string RotaryFrequencies = "self_attn.rotary_emb.inv_freq";

    /// <summary>Whether a part of a block, such as "self_attn.q_proj", has a bias; null where a block has no such part.</summary>
    public static bool? HasBias(TextConfig config, string part) => part switch
    {
        "input_layernorm" or "post_attention_layernorm" => false,
        "self_attn.q_proj" or "self_attn.k_proj" or "self_attn.v_proj" => config.QkvBias,
        "self_attn.o_proj" => config.OutputBias,
        "mlp.gate_proj" or "mlp.up_proj" or "mlp.down_proj" => config.MlpBias,
        _ => null,
    };

    /// <summary>Refuses tensors of blocks that the configuration leaves out: without them the numbers would be wrong.</summary>
    /// <exception cref="CheckpointException">There is such a tensor.</exception>
    public static void Check(TextConfig config, IEnumerable<TensorView> tensors)
    {
        foreach (var tensor in tensors)
        {
            if (NameInBlock(tensor.Name, out var block) is not { } name || name == RotaryFrequencies)
                continue;
            if (block >= config.Layers)
                throw new CheckpointException(
                    tensor.FileName, tensor.Name, $"config.json has num_hidden_layers {config.Layers} and would leave this block out");
            if (!IsPart(config, name))
                throw new CheckpointException(
                    tensor.FileName, tensor.Name,
                    $"a {config.ModelType} decoder with this config.json has no such tensor, and without it the numbers would be wrong");
        }
    }

    private static bool IsPart(TextConfig config, string name)
    {
        var dot = name.LastIndexOf('.');
        var hasBias = HasBias(config, dot < 0 ? "" : name[..dot]);
        return name[(dot + 1)..] switch
        {
            "weight" => hasBias is not null,
            "bias" => hasBias is true,
            _ => false,
        };
    }

    // "self_attn.q_proj.weight" of "model.layers.3.self_attn.q_proj.weight".
    private static string? NameInBlock(string name, out int block)
    {
        foreach (var prefix in TensorNames.Prefixes(TensorRole.Text))
        {
            var start = prefix + "layers.";
            if (!name.StartsWith(start, StringComparison.Ordinal))
                continue;
            var dot = name.IndexOf('.', start.Length);
            if (dot > 0 && int.TryParse(name.AsSpan(start.Length, dot - start.Length), out block))
                return name[(dot + 1)..];
        }

        block = 0;
        return null;
    }
}
