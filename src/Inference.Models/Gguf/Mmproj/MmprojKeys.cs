namespace Inference.Models.Gguf;

/// <summary>Keys of the files that hold the image side of a LLaVA, as llama.cpp's converters write and its clip.cpp reads them.</summary>
internal static class MmprojKeys
{
    /// <summary>The value of general.architecture.</summary>
    public const string Architecture = "clip";

    public const string HasVision = "clip.has_vision_encoder";
    public const string HasText = "clip.has_text_encoder";

    /// <summary>Files from before there was a choice of projectors have this key and no <see cref="Projector"/>.</summary>
    public const string HasProjector = "clip.has_llava_projector";

    public const string Projector = "clip.projector_type";

    /// <summary>The same, where a file also holds a tower for sound.</summary>
    public const string VisionProjector = "clip.vision.projector_type";

    /// <summary>The projector of LLaVA since version 1.5: two matrices with a GELU between them.</summary>
    public const string Mlp = "mlp";

    public const string UseGelu = "clip.use_gelu";
    public const string UseSilu = "clip.use_silu";
    public const string ImageSize = "clip.vision.image_size";
    public const string PatchSize = "clip.vision.patch_size";
    public const string Width = "clip.vision.embedding_length";
    public const string Intermediate = "clip.vision.feed_forward_length";
    public const string Blocks = "clip.vision.block_count";
    public const string Heads = "clip.vision.attention.head_count";
    public const string NormEpsilon = "clip.vision.attention.layer_norm_epsilon";

    /// <summary>Width of CLIP's own projection in files of the older converter: nothing that a LLaVA reads.</summary>
    public const string ProjectionWidth = "clip.vision.projection_dim";

    /// <summary>Hidden states that the projector reads, counted from 0 = embeddings.</summary>
    public const string FeatureLayers = "clip.vision.feature_layer";

    public const string Mean = "clip.vision.image_mean";
    public const string Deviation = "clip.vision.image_std";
    public const string AspectRatio = "clip.vision.image_aspect_ratio";

    /// <summary>Resolutions of LLaVA-NeXT: width, height, width, height, …</summary>
    public const string Pinpoints = "clip.vision.image_grid_pinpoints";

    public const string MergeType = "clip.vision.mm_patch_merge_type";

    /// <summary>LLaVA-NeXT's way to lay tiles beside each other, with a newline embedding after each row of patches.</summary>
    public const string SpatialUnpad = "spatial_unpad";

    /// <summary>The image processor's JSON as the exported folder had it: files of other programs do not say all of it.</summary>
    public const string ImageProcessor = "glassbox.image_processor";
}
