using System.Globalization;

namespace Inference.Decoding.Layers.Settings;

/// <summary>A hidden state: 0 the embeddings, L the last block before the final norm.</summary>
internal sealed class LayerSetting(string name, int value, string summary)
    : StrategySetting<int>(name, "layer", CountSetting.Text(value), "0 to L", summary)
{
    internal override int DefaultIn(StrategyContext context) => Math.Min(value, context.Layers);

    internal override int Parse(string text, StrategyContext context) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) && layer <= context.Layers
            ? layer
            : throw Refuse(text, $"0 to {context.Layers}");

    internal override string Format(int layer) => CountSetting.Text(layer);
}
