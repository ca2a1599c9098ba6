using System.Globalization;

namespace Inference.Decoding.Layers.Settings;

/// <summary>A finite number within bounds.</summary>
internal sealed class NumberSetting(string name, double value, double least, double most, string summary, bool leastExcluded = false)
    : StrategySetting<double>(name, "number", Text(value), Range(least, most, leastExcluded), summary)
{
    internal override double DefaultIn(StrategyContext context) => value;

    internal override double Parse(string text, StrategyContext context) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number <= most && (leastExcluded ? number > least : number >= least)
            ? number
            : throw Refuse(text);

    internal override string Format(double number) => Text(number);

    internal static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Range(double least, double most, bool leastExcluded) =>
        leastExcluded ? $"above {Text(least)}, up to {Text(most)}" : $"{Text(least)} to {Text(most)}";
}
