using System.Text.Json;
using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>Reads config.json; a missing key has the default of the transformers class (LlavaConfig, LlavaNextConfig).</summary>
internal static class ModelConfigReader
{
    private static readonly GridPinpoint[] DefaultPinpoints = [new(336, 672), new(672, 336), new(672, 672), new(1008, 336), new(336, 1008)];

    public static ModelConfig Read(ConfigSection root)
    {
        var modelType = root.String("model_type") ?? throw root.Error("model_type", "the key is missing");
        return modelType switch
        {
            "llava" => VisionLanguage(root, modelType, ModelFamily.Llava),
            "llava_next" => VisionLanguage(root, modelType, ModelFamily.LlavaNext),
            _ when TextConfigReader.Family(modelType) is not null => TextOnly(root, modelType),
            _ => throw root.Error(
                "model_type",
                $"'{CheckpointException.Printable(modelType)}' found; llava, llava_next, llama, mistral and qwen2 are supported"),
        };
    }

    private static ModelConfig TextOnly(ConfigSection root, string modelType)
    {
        var dtype = Dtype(root);
        var unknown = new List<string>();
        var text = TextConfigReader.Read(root, unknown);
        return new()
        {
            Family = ModelFamily.TextOnly,
            ModelType = modelType,
            Text = text,
            TieWordEmbeddings = text.TieWordEmbeddings,
            Dtype = dtype,
            UnknownKeys = unknown,
        };
    }

    private static ModelConfig VisionLanguage(ConfigSection root, string modelType, ModelFamily family)
    {
        var unknown = new List<string>();
        var text = TextConfigReader.Read(root.Section("text_config") ?? root.Empty("text_config"), unknown);
        var vision = root.Section("vision_config") is { } tower ? VisionConfigReader.Read(tower, unknown) : VisionConfigReader.Missing;
        var config = new ModelConfig
        {
            Family = family,
            ModelType = modelType,
            Text = text with { Rope = text.Rope with { FrequencyFormat = FrequencyFormat(root) } },
            Vision = vision,
            ImageTokenId = ImageToken(root),
            VisionFeatureLayers = FeatureLayers(root, vision.Layers),
            VisionFeatureSelectStrategy = Strategy(root),
            ImageGridPinpoints = family == ModelFamily.LlavaNext ? Pinpoints(root) : [],
            ProjectorHiddenAct = Activations.Read(
                root, "projector_hidden_act", Activation.Gelu, [Activation.Gelu, Activation.GeluTanh, Activation.QuickGelu]),
            ProjectorBias = root.Bool("multimodal_projector_bias", true),
            // The decoder's own flag counts too: many files state it there only.
            TieWordEmbeddings = root.Bool("tie_word_embeddings", false) || text.TieWordEmbeddings,
            Dtype = Dtype(root),
        };
        ConfigKeys.Check(root, unknown);
        return config with { UnknownKeys = unknown };
    }

    private static string? Dtype(ConfigSection root) => root.String("dtype") ?? root.String("torch_dtype");

    /// <summary>
    /// Since version 5 the library notes each part's dtype when it saves a model it has loaded. A half-precision model whose decoder has
    /// none was built in memory and cast as a whole.
    /// </summary>
    private static NumberFormat FrequencyFormat(ConfigSection root)
    {
        var castAsWhole = root.Section("text_config") is { } text && Dtype(text) is null
            && int.TryParse(root.String("transformers_version")?.Split('.')[0], out var version) && version >= 5;
        return !castAsWhole ? NumberFormat.F32 : Dtype(root) switch
        {
            "bfloat16" => NumberFormat.BF16,
            "float16" => NumberFormat.F16,
            _ => NumberFormat.F32,
        };
    }

    private static int ImageToken(ConfigSection root)
    {
        var older = root.OptionalInt("image_token_index", null, 0, ConfigLimits.Size);
        var newer = root.OptionalInt("image_token_id", null, 0, ConfigLimits.Size);
        if (older is not null && newer is not null && older != newer)
            throw root.Error("image_token_id", $"{newer} found, but image_token_index is {older}; they name the same token");
        return newer ?? older ?? 32000;
    }

    private static int[] FeatureLayers(ConfigSection root, int layers)
    {
        const string Key = "vision_feature_layer";
        // Index 0 is the embeddings, so there are layers + 1 hidden states.
        var indices = root.IntOrList(Key, [-2], -layers - 1, layers);
        return indices.Count > 0
            ? [.. indices.Select(index => index < 0 ? index + layers + 1 : index)]
            : throw root.Error(Key, "at least one layer is needed");
    }

    private static VisionFeatureSelectStrategy Strategy(ConfigSection root)
    {
        const string Key = "vision_feature_select_strategy";
        return (root.String(Key) ?? "default") switch
        {
            "default" => VisionFeatureSelectStrategy.Default,
            "full" => VisionFeatureSelectStrategy.Full,
            var other => throw root.Error(Key, $"'{CheckpointException.Printable(other)}' found; default and full are supported"),
        };
    }

    private static GridPinpoint[] Pinpoints(ConfigSection root)
    {
        const string Key = "image_grid_pinpoints";
        if (root.Value(Key) is not { } list)
            return DefaultPinpoints;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > ConfigLimits.List)
            throw root.Error(Key, $"a list of 1 to {ConfigLimits.List} pairs [height, width] is needed");
        return [.. list.EnumerateArray().Select(pair => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2
            ? new GridPinpoint(root.ToInt(Key, pair[0], 1, ConfigLimits.ImageSide), root.ToInt(Key, pair[1], 1, ConfigLimits.ImageSide))
            : throw root.Found(Key, pair, "pairs [height, width] are needed"))];
    }
}
