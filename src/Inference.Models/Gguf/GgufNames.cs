using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>What GGUF calls the tensors of a decoder, and what a Hugging Face folder calls them.</summary>
internal static class GgufNames
{
    public const string Embedding = "token_embd.weight";
    public const string Norm = "output_norm.weight";
    public const string Head = "output.weight";

    /// <summary>Divisors of the rotary frequencies, [headDim / 2].</summary>
    public const string RotaryFactors = "rope_freqs.weight";

    /// <summary>Tensors of a block without "blk.N." and "layers.N.", weights and biases alike.</summary>
    public static readonly IReadOnlyList<(string Gguf, string Canonical)> Block =
    [
        ("attn_norm", "input_layernorm"),
        ("attn_q", "self_attn.q_proj"),
        ("attn_k", "self_attn.k_proj"),
        ("attn_v", "self_attn.v_proj"),
        ("attn_output", "self_attn.o_proj"),
        ("ffn_norm", "post_attention_layernorm"),
        ("ffn_gate", "mlp.gate_proj"),
        ("ffn_up", "mlp.up_proj"),
        ("ffn_down", "mlp.down_proj"),
    ];

    /// <summary>The architecture that a decoder family is written as: Mistral is Llama there.</summary>
    public static string Architecture(TextModelType type) => type == TextModelType.Qwen2 ? "qwen2" : "llama";

    /// <summary>
    /// Whether the halves of a head's rows stand in turns in the file: the "llama" architecture rotates neighbours, where Hugging Face
    /// rotates halves.
    /// </summary>
    public static bool HasPairedRows(string architecture) => architecture == "llama";
}
