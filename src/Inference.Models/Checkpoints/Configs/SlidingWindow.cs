using System.Text.Json;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Windowed attention is not implemented. A window at least as long as the context changes nothing and is accepted; a shorter one that is
/// in use is refused, also where only the default of the library's class asks for it.
/// </summary>
internal static class SlidingWindow
{
    public static void Check(ConfigSection section, TextModelType type, int? fallback, int layers, int maxPositions)
    {
        var slidingLayer = SlidingLayer(section, layers);
        var window = section.OptionalInt("sliding_window", fallback);
        if (type == TextModelType.Qwen2)
        {
            var from = section.Int("max_window_layers", 28, 0);
            if (!section.Bool("use_sliding_window", false))
                window = null;
            else if (section.Peek("layer_types") is null && from < layers)
                slidingLayer = from;
            if (slidingLayer is null)
                return;
        }

        if (slidingLayer is { } layer && window is null)
            throw section.Error(
                "layer_types", $"sliding_attention found in layer {layer}, which is not implemented; only full_attention is supported");
        if (window < maxPositions)
        {
            var source = section.Has("sliding_window") ? "" : $" found (the default of {type}, as the key is missing)";
            throw section.Error("sliding_window", $"{window}{source} is shorter than max_position_embeddings, which is {maxPositions}; "
                + "windowed attention is not implemented, only null or a window of the whole context is supported");
        }
    }

    /// <summary>The first layer that layer_types calls sliding; other kinds than full and sliding are refused.</summary>
    private static int? SlidingLayer(ConfigSection section, int layers)
    {
        if (section.Value("layer_types") is not { } types)
            return null;
        if (types.ValueKind != JsonValueKind.Array || types.GetArrayLength() != layers)
            throw section.Error("layer_types", $"a list of {layers} names is needed, one for each layer");
        int? first = null;
        var index = 0;
        foreach (var item in types.EnumerateArray())
        {
            var name = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (name == "sliding_attention")
                first ??= index;
            else if (name != "full_attention")
                throw section.Found("layer_types", item, "only full_attention is supported");
            index++;
        }
        return first;
    }
}
