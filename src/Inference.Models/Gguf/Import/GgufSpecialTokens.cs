using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>Ids that metadata names, and tokens that end a turn in the formats that many files leave unnamed.</summary>
internal sealed class GgufSpecialTokens
{
    private static readonly string[] TurnEnds = ["<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<|end|>", "<|endoftext|>"];

    public GgufSpecialTokens(GgufMetadata metadata)
    {
        (Bos, Padding, Unknown) = (Id(metadata, "bos"), Id(metadata, "padding"), Id(metadata, "unknown"));
        var ends = new List<int>();
        foreach (var id in (ReadOnlySpan<int?>)[Id(metadata, "eos"), Id(metadata, "eot")])
        {
            if (id is { } end)
                ends.Add(end);
        }

        var (tokens, types) = (metadata.Texts("tokenizer.ggml.tokens") ?? [], metadata.Numbers("tokenizer.ggml.token_type") ?? []);
        foreach (var text in TurnEnds)
        {
            if (Array.IndexOf(tokens, text) is >= 0 and var id && id < types.Length && types[id] == (int)GgufTokenType.Control)
                ends.Add(id);
        }

        Ends = [.. ends.Distinct()];
        Image = Array.IndexOf(tokens, "<image>") is >= 0 and var image && image < types.Length
            && (GgufTokenType)types[image] is GgufTokenType.Control or GgufTokenType.UserDefined ? image : null;
    }

    public int? Bos { get; }

    public int? Padding { get; }

    public int? Unknown { get; }

    /// <summary>Stands for an image in a prompt; most decoders of LLaVA have none.</summary>
    public int? Image { get; }

    /// <summary>Any of these ends a text.</summary>
    public IReadOnlyList<int> Ends { get; }

    // Some files write all bits for "none".
    private static int? Id(GgufMetadata metadata, string name)
    {
        var key = $"tokenizer.ggml.{name}_token_id";
        return metadata.Whole(key) is >= 0 and <= ConfigLimits.Size and var id ? (int)id : null;
    }
}
