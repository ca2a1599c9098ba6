namespace Inference.Models.Checkpoints;

/// <summary>The part of a model that a canonical tensor name belongs to.</summary>
public enum TensorRole
{
    /// <summary>Decoder: "embed_tokens.weight", "layers.0.self_attn.q_proj.weight", "norm.weight".</summary>
    Text,

    /// <summary>Vocabulary matrix: "weight".</summary>
    LmHead,

    /// <summary>Tower: "embeddings.patch_embedding.weight", "encoder.layers.0.layer_norm1.weight", "post_layernorm.weight".</summary>
    Vision,

    /// <summary>"linear_1.weight".</summary>
    Projector,

    /// <summary>LLaVA-NeXT's newline embedding; the name is empty.</summary>
    ImageNewline,
}

/// <summary>The spellings that library versions gave to one tensor.</summary>
internal static class TensorNames
{
    private static readonly string[] TextPrefixes = ["model.language_model.", "language_model.model.", "language_model.", "model."];
    private static readonly string[] LmHeadPrefixes = ["lm_head.", "language_model.lm_head.", "model.language_model.lm_head."];
    private static readonly string[] VisionPrefixes =
        ["model.vision_tower.vision_model.", "model.vision_tower.", "vision_tower.vision_model.", "vision_tower."];
    private static readonly string[] ProjectorPrefixes = ["model.multi_modal_projector.", "multi_modal_projector."];
    private static readonly string[] ImageNewlineNames = ["model.image_newline", "image_newline"];

    /// <summary>Beginnings to put before a canonical name, newest first.</summary>
    public static ReadOnlySpan<string> Prefixes(TensorRole role) => role switch
    {
        TensorRole.Text => TextPrefixes,
        TensorRole.LmHead => LmHeadPrefixes,
        TensorRole.Vision => VisionPrefixes,
        TensorRole.Projector => ProjectorPrefixes,
        _ => ImageNewlineNames,
    };
}
