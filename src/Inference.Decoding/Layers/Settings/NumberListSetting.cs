using System.Globalization;

namespace Inference.Decoding.Layers.Settings;

/// <summary>Shares, one a layer: none negative, not all zero.</summary>
internal sealed class NumberListSetting(string name, string defaultText, string summary)
    : StrategySetting<double[]>(name, "number list", defaultText, "one number of at least 0 for each layer, not all 0", summary)
{
    // Above any share that means something, and small enough that sums stay finite.
    private const double Most = 1e6;

    internal override double[] DefaultIn(StrategyContext context) => [];

    internal override double[] Parse(string text, StrategyContext context)
    {
        var parts = text.Split(',', context.Layers + 2, StringSplitOptions.TrimEntries);
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                || numbers[i] is not (>= 0 and <= Most))
            {
                throw Refuse(text);
            }
        }

        return numbers.Sum() > 0 ? numbers : throw Refuse(text);
    }

    internal override string Format(double[] value) => string.Join(',', value.Select(NumberSetting.Text));
}
