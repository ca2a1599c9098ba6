using System.Collections.Frozen;

namespace Inference.Models.Checkpoints;

internal static partial class ConfigKeys
{
    private static readonly string[] Off = ["false"];
    private static readonly string[] One = ["1", "1.0"];
    private static readonly string[] Zero = ["0", "0.0"];
    private static readonly string[] None = [];

    /// <summary>Keys that change numbers in some architecture, with the JSON texts that change nothing.</summary>
    private static readonly (string Key, string[] Neutral)[] Refused =
    [
        // Other code, other weights.
        ("auto_map", ["{}"]),
        ("quantization_config", ["{}"]),
        ("compression_config", ["{}"]),
        ("adapter_config", ["{}"]),
        ("pruned_heads", ["{}"]),
        ("mm_vision_tower", None),
        ("mm_projector_type", None),
        ("use_mm_proj", Off),
        // Attention.
        ("partial_rotary_factor", One),
        ("rotary_pct", One),
        ("attn_logit_softcapping", None),
        ("query_pre_attn_scalar", None),
        ("attention_multiplier", None),
        ("attention_chunk_size", None),
        ("no_rope_layers", ["[]"]),
        ("no_rope_layer_interval", None),
        ("use_qk_norm", Off),
        ("qk_norm", Off),
        ("qk_layernorm", Off),
        ("alibi", Off),
        ("use_alibi", Off),
        ("use_mrope", Off),
        ("dual_chunk_attention_config", ["{}"]),
        ("parallel_attn", Off),
        ("use_parallel_residual", Off),
        ("is_encoder_decoder", Off),
        ("add_cross_attention", Off),
        ("cross_attention_hidden_size", None),
        // Scales and caps.
        ("final_logit_softcapping", None),
        ("logits_scaling", One),
        ("logit_scale", One),
        ("lm_head_multiplier", One),
        ("embedding_multiplier", One),
        ("residual_multiplier", One),
        ("scale_emb", One),
        ("scale_depth", None),
        ("dim_model_base", None),
        ("clip_qkv", None),
        // Feed-forward.
        ("num_experts", ["0", "1"]),
        ("num_local_experts", ["0", "1"]),
        ("n_routed_experts", ["0"]),
        ("mlp_layer_types", None),
        ("chunk_size_feed_forward", Zero),
        // Projector and vision.
        ("adapter_layers", None),
        ("projector_layernorm", Off),
        ("projector_layernorm_eps", None),
        ("projector_type", None),
        ("downsample_ratio", One),
        ("spatial_merge_size", ["1"]),
        ("num_query_tokens", None),
        ("use_image_newline_parameter", ["true"]),
    ];

    /// <summary>Keys that say nothing about the forward pass.</summary>
    private static readonly FrozenSet<string> WithoutEffect = new[]
    {
        "_name_or_path", "_attn_implementation_autoset", "_commit_hash", "architectures", "attn_implementation", "bad_words_ids",
        "begin_suppress_tokens", "diversity_penalty", "do_sample", "early_stopping", "encoder_no_repeat_ngram_size",
        "exponential_decay_length_penalty", "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "id2label", "ignore_index",
        "image_seq_length", "initializer_factor", "initializer_range", "is_decoder", "label2id", "length_penalty", "max_length",
        "max_window_layers", "min_length", "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_return_sequences",
        "output_attentions", "output_hidden_states", "output_scores", "prefix", "pretraining_tp", "problem_type", "projection_dim",
        "remove_invalid_values", "repetition_penalty", "return_dict", "return_dict_in_generate", "sep_token_id", "suppress_tokens",
        "task_specific_params", "temperature", "tf_legacy_loss", "tie_encoder_decoder", "tie_word_embeddings", "tokenizer_class", "top_k",
        "top_p", "torchscript", "transformers_version", "typical_p", "use_bfloat16", "use_cache", "use_return_dict", "vision_use_head",
        // Dropout acts in training only.
        "attention_dropout", "dropout", "hidden_dropout", "embd_pdrop", "resid_pdrop",
        // Sub-configurations inherit these from the base class; the decoder's own are read where they matter.
        "bos_token_id", "decoder_start_token_id", "eos_token_id", "pad_token_id", "vocab_size", "torch_dtype", "dtype", "model_type",
    }.ToFrozenSet(StringComparer.Ordinal);
}
