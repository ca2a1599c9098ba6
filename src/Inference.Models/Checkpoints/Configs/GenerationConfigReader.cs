using System.Collections.Frozen;

namespace Inference.Models.Checkpoints;

/// <summary>Reads generation_config.json.</summary>
internal static class GenerationConfigReader
{
    /// <summary>Keys that change the output, with the JSON texts that change nothing.</summary>
    private static readonly (string Key, string[] Neutral)[] Refused =
    [
        ("num_beams", ["1"]),
        ("num_beam_groups", ["1"]),
        ("diversity_penalty", ["0", "0.0"]),
        ("penalty_alpha", ["0", "0.0"]),
        ("dola_layers", []),
        ("no_repeat_ngram_size", ["0"]),
        ("encoder_no_repeat_ngram_size", ["0"]),
        ("encoder_repetition_penalty", ["1", "1.0"]),
        ("bad_words_ids", ["[]"]),
        ("force_words_ids", ["[]"]),
        ("constraints", ["[]"]),
        ("forced_bos_token_id", []),
        ("forced_eos_token_id", []),
        ("forced_decoder_ids", ["[]"]),
        ("suppress_tokens", ["[]"]),
        ("begin_suppress_tokens", ["[]"]),
        ("sequence_bias", ["[]", "{}"]),
        ("exponential_decay_length_penalty", []),
        ("guidance_scale", ["1", "1.0"]),
        ("typical_p", ["1", "1.0"]),
        ("top_h", []),
        ("epsilon_cutoff", ["0", "0.0"]),
        ("eta_cutoff", ["0", "0.0"]),
        ("min_length", ["0"]),
        ("min_new_tokens", ["0"]),
        ("stop_strings", ["[]"]),
        ("token_healing", ["false"]),
        ("watermarking_config", []),
    ];

    private static readonly FrozenSet<string> WithoutEffect = new[]
    {
        "_from_model_config", "assistant_confidence_threshold", "assistant_early_exit", "assistant_lookbehind", "cache_config",
        "cache_implementation", "chat_format", "compile_config", "decoder_start_token_id", "disable_compile", "early_stopping",
        "is_assistant", "length_penalty", "low_memory", "max_length", "max_matching_ngram_size", "max_time", "num_assistant_tokens",
        "num_assistant_tokens_schedule", "num_return_sequences", "output_attentions", "output_hidden_states", "output_logits",
        "output_scores", "prefill_chunk_size", "prompt_lookup_num_tokens", "remove_invalid_values", "renormalize_logits",
        "return_dict_in_generate", "return_legacy_cache", "target_lookbehind", "transformers_version", "trust_remote_code", "use_cache",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static GenerationConfig Read(ConfigSection root)
    {
        var config = new GenerationConfig
        {
            EosTokenIds = [.. root.IntOrList("eos_token_id", [], int.MinValue, int.MaxValue).Where(id => id >= 0)],
            BosTokenId = root.OptionalInt("bos_token_id", null, int.MinValue),
            PadTokenId = root.OptionalInt("pad_token_id", null, int.MinValue),
            DoSample = root.Value("do_sample") is not null && root.Bool("do_sample", false),
            Temperature = OptionalSingle(root, "temperature", 0, 1e6),
            TopK = root.OptionalInt("top_k", null, 0),
            TopP = OptionalSingle(root, "top_p", 0, 1),
            MinP = OptionalSingle(root, "min_p", 0, 1),
            RepetitionPenalty = OptionalSingle(root, "repetition_penalty", 1e-3, 1e3),
            MaxNewTokens = root.OptionalInt("max_new_tokens", null, 0),
        };
        foreach (var (key, neutral) in Refused)
        {
            if (root.Value(key) is { } value && !neutral.Contains(value.GetRawText()))
                throw root.Found(
                    key, value, $"this is not implemented; remove the key{(neutral.Length == 0 ? "" : $" or set it to {neutral[0]}")}");
        }
        return config with
        {
            UnknownKeys = [.. root.Unread().Where(key => !WithoutEffect.Contains(key)).Select(CheckpointException.Printable)],
        };
    }

    private static float? OptionalSingle(ConfigSection root, string key, double least, double most) =>
        root.Value(key) is null ? null : (float)root.Double(key, 0, least, most);
}
