namespace Inference.Models.Gguf;

/// <summary>A vocabulary as GGUF metadata.</summary>
internal sealed record GgufVocabulary
{
    /// <summary>"llama" for SentencePiece, "gpt2" for byte-level BPE.</summary>
    public required string Model { get; init; }

    /// <summary>How text is cut into words; null for SentencePiece, which does not.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>By id.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>By id.</summary>
    public required IReadOnlyList<GgufTokenType> Types { get; init; }

    /// <summary>By id: of two neighbours the pair whose token scores highest merges first. Null for byte-level BPE.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary>"left right", best first. Null for SentencePiece.</summary>
    public IReadOnlyList<string>? Merges { get; init; }

    public int? Bos { get; init; }

    public int? Eos { get; init; }

    public int? Unknown { get; init; }

    public int? Padding { get; init; }

    public bool AddBos { get; init; }

    public bool AddSpacePrefix { get; init; }

    /// <summary>The chat template as the folder has it.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Writes all keys.</summary>
    public void WriteTo(GgufMetadataWriter metadata)
    {
        metadata.Add("tokenizer.ggml.model", Model);
        if (PreTokenizer is not null)
            metadata.Add("tokenizer.ggml.pre", PreTokenizer);
        metadata.Add("tokenizer.ggml.tokens", Tokens);
        if (Scores is not null)
            metadata.Add("tokenizer.ggml.scores", Scores);
        metadata.Add("tokenizer.ggml.token_type", [.. Types.Select(type => (int)type)]);
        if (Merges is not null)
            metadata.Add("tokenizer.ggml.merges", Merges);
        AddId("bos", Bos);
        AddId("eos", Eos);
        AddId("unknown", Unknown);
        AddId("padding", Padding);
        metadata.Add("tokenizer.ggml.add_bos_token", AddBos);
        metadata.Add("tokenizer.ggml.add_eos_token", false);
        if (Model == "llama")
            metadata.Add("tokenizer.ggml.add_space_prefix", AddSpacePrefix);
        if (ChatTemplate is not null)
            metadata.Add("tokenizer.chat_template", ChatTemplate);

        void AddId(string name, int? id)
        {
            if (id is { } value)
                metadata.Add($"tokenizer.ggml.{name}_token_id", value);
        }
    }
}
