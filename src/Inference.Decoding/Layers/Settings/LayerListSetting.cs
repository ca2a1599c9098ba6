using System.Globalization;

namespace Inference.Decoding.Layers.Settings;

/// <summary>Different hidden states: 0 the embeddings, L the last block before the final norm.</summary>
internal sealed class LayerListSetting(string name, string defaultText, Func<int, IEnumerable<int>> defaultOf, string summary)
    : StrategySetting<int[]>(name, "layer list", defaultText, "different layers of 0 to L", summary)
{
    /// <summary>0, 1, … up to half of the blocks; at least one.</summary>
    public static LayerListSetting FirstHalf { get; } =
        new("layers", "the first half of the blocks", layers => Enumerable.Range(0, Math.Max(1, layers / 2)), "Layers to choose from.");

    internal override int[] DefaultIn(StrategyContext context) => [.. defaultOf(context.Layers)];

    internal override int[] Parse(string text, StrategyContext context)
    {
        var allowed = $"different layers of 0 to {context.Layers}";
        // One comma more than there can be layers is enough to refuse without cutting a long text up.
        var parts = text.Split(',', context.Layers + 2, StringSplitOptions.TrimEntries);
        var layers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out layers[i])
                || layers[i] > context.Layers || layers.AsSpan(0, i).Contains(layers[i]))
            {
                throw Refuse(text, allowed);
            }
        }

        return layers;
    }

    internal override string Format(int[] value) => string.Join(',', value.Select(CountSetting.Text));
}
