using Inference.Compute;
using System.Text.Json;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Reads a vision tower's section; a missing key has the default of the transformers class (CLIPVisionConfig, SiglipVisionConfig).
/// </summary>
internal static class VisionConfigReader
{
    private static readonly Activation[] Supported = [Activation.QuickGelu, Activation.Gelu, Activation.GeluTanh];

    /// <summary>The tower that the library builds where vision_config is missing altogether: CLIP ViT-L/14 at 336 pixels.</summary>
    public static VisionConfig Missing { get; } = new()
    {
        ModelType = VisionModelType.Clip,
        HiddenSize = 1024,
        IntermediateSize = 4096,
        Layers = 24,
        Heads = 16,
        ImageSize = 336,
        PatchSize = 14,
        HiddenAct = Activation.QuickGelu,
        LayerNormEps = 1e-5f,
    };

    public static VisionConfig Read(ConfigSection section, List<string> unknown)
    {
        var named = section.String("model_type") ?? "clip_vision_model";
        var type = named switch
        {
            "clip_vision_model" => VisionModelType.Clip,
            "siglip_vision_model" => VisionModelType.Siglip,
            _ => throw section.Error(
                "model_type", $"'{CheckpointException.Printable(named)}' found; clip_vision_model and siglip_vision_model are supported"),
        };
        var clip = type == VisionModelType.Clip;
        var hidden = section.Int("hidden_size", 768);
        var heads = section.Int("num_attention_heads", 12);
        if (hidden % heads != 0)
            throw section.Error("hidden_size", $"{hidden} found; it must be a multiple of num_attention_heads, which is {heads}");
        if (section.Value("num_channels") is { } channels && section.ToInt("num_channels", channels, 1, 1 << 10) != VisionConfig.Channels)
            throw section.Found("num_channels", channels, "only 3 is supported");
        var imageSize = Side(section, "image_size", 224);
        var patchSize = Side(section, "patch_size", clip ? 32 : 16);
        if (patchSize > imageSize)
            throw section.Error("patch_size", $"{patchSize} found; it must not exceed image_size, which is {imageSize}");

        var config = new VisionConfig
        {
            ModelType = type,
            HiddenSize = hidden,
            IntermediateSize = section.Int("intermediate_size", 3072),
            Layers = section.Int("num_hidden_layers", 12, 1, ConfigLimits.Layers),
            Heads = heads,
            ImageSize = imageSize,
            PatchSize = patchSize,
            HiddenAct = Activations.Read(section, "hidden_act", clip ? Activation.QuickGelu : Activation.GeluTanh, Supported),
            LayerNormEps = (float)section.Double("layer_norm_eps", clip ? 1e-5 : 1e-6, 0, 1),
        };
        ConfigKeys.Check(section, unknown);
        return config;
    }

    /// <summary>A number, or two equal ones.</summary>
    private static int Side(ConfigSection section, string key, int fallback)
    {
        var sides = section.IntOrList(key, [fallback], 1, ConfigLimits.ImageSide);
        if (sides.Count is 0 or > 2 || sides[0] != sides[^1])
            throw section.Error(key, $"[{string.Join(", ", sides)}] found; one number, or two equal ones, is supported");
        return sides[0];
    }
}
