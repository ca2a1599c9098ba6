using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Reads a decoder's section; a missing key has the default of the transformers class (LlamaConfig, MistralConfig, Qwen2Config).
/// </summary>
internal static class TextConfigReader
{
    /// <summary>What differs between the classes when a key is missing.</summary>
    private sealed record Defaults(
        int VocabSize, int IntermediateSize, int? KvHeads, int MaxPositions, int? SlidingWindow, int? Bos, int[] Eos);

    private static readonly Defaults Llama = new(32000, 11008, null, 2048, null, 1, [2]);
    private static readonly Defaults Mistral = new(32000, 14336, 8, 131072, 4096, 1, [2]);
    private static readonly Defaults Qwen2 = new(151936, 22016, 32, 32768, 4096, null, []);

    /// <summary>The decoder family of a model_type, or null for one that is not supported.</summary>
    public static TextModelType? Family(string modelType) => modelType switch
    {
        "llama" => TextModelType.Llama,
        "mistral" => TextModelType.Mistral,
        "qwen2" => TextModelType.Qwen2,
        _ => null,
    };

    public static TextConfig Read(ConfigSection section, List<string> unknown)
    {
        var named = section.String("model_type") ?? "llama";
        var type = Family(named)
            ?? throw section.Error("model_type", $"'{CheckpointException.Printable(named)}' found; llama, mistral and qwen2 are supported");
        var defaults = type switch { TextModelType.Llama => Llama, TextModelType.Mistral => Mistral, _ => Qwen2 };

        var hidden = section.Int("hidden_size", 4096);
        var layers = section.Int("num_hidden_layers", 32, 1, ConfigLimits.Layers);
        var heads = section.Int("num_attention_heads", 32);
        var kvHeads = section.OptionalInt("num_key_value_heads", defaults.KvHeads, 1, heads) ?? heads;
        if (heads % kvHeads != 0)
            throw section.Error("num_key_value_heads", $"{kvHeads} found; it must divide num_attention_heads, which is {heads}");
        var maxPositions = section.Int("max_position_embeddings", defaults.MaxPositions);
        SlidingWindow.Check(section, type, defaults.SlidingWindow, layers, maxPositions);

        var config = new TextConfig
        {
            ModelType = type,
            VocabSize = section.Int("vocab_size", defaults.VocabSize),
            HiddenSize = hidden,
            IntermediateSize = section.Int("intermediate_size", defaults.IntermediateSize),
            Layers = layers,
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = HeadDim(section, hidden, heads),
            RmsNormEps = (float)section.Double("rms_norm_eps", 1e-6, 0, 1),
            MaxPositionEmbeddings = maxPositions,
            Rope = RopeConfigReader.Read(section, maxPositions),
            QkvBias = type == TextModelType.Qwen2 || Bias(section, "attention_bias", type),
            OutputBias = type != TextModelType.Qwen2 && Bias(section, "attention_bias", type),
            MlpBias = Bias(section, "mlp_bias", type),
            HiddenAct = Activations.Read(section, "hidden_act", Activation.Silu, [Activation.Silu]),
            TieWordEmbeddings = section.Bool("tie_word_embeddings", false),
            BosTokenId = Token(section.OptionalInt("bos_token_id", defaults.Bos, int.MinValue)),
            EosTokenIds = [.. section.IntOrList("eos_token_id", defaults.Eos, int.MinValue, int.MaxValue).Where(id => id >= 0)],
            PadTokenId = Token(section.OptionalInt("pad_token_id", null, int.MinValue)),
        };
        section.Ignore("attention_bias"); // Qwen2 has its biases whatever this says.
        ConfigKeys.Check(section, unknown);
        return config;
    }

    private static int HeadDim(ConfigSection section, int hidden, int heads)
    {
        var stated = section.OptionalInt("head_dim", null);
        if (stated is null && hidden % heads != 0)
            throw section.Error(
                "hidden_size", $"{hidden} found; without head_dim it must be a multiple of num_attention_heads, which is {heads}");
        var headDim = stated ?? hidden / heads;
        return headDim % 2 == 0
            ? headDim
            : throw section.Error("head_dim", $"{headDim} found; rotary embedding needs an even number");
    }

    /// <summary>Only Llama's class knows these keys; elsewhere true would ask for tensors the reference does not use.</summary>
    private static bool Bias(ConfigSection section, string key, TextModelType type)
    {
        var bias = section.Bool(key, false);
        return bias && type != TextModelType.Llama
            ? throw section.Error(key, $"true found; {type} has no such biases, only false is supported")
            : bias;
    }

    // Files write -1 for "none".
    private static int? Token(int? id) => id >= 0 ? id : null;
}
