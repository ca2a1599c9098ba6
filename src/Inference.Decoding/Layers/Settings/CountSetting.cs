using System.Globalization;

namespace Inference.Decoding.Layers.Settings;

/// <summary>A whole number within bounds.</summary>
internal sealed class CountSetting(string name, int value, int least, int most, string summary)
    : StrategySetting<int>(name, "whole number", Text(value), $"{Text(least)} to {Text(most)}", summary)
{
    internal override int DefaultIn(StrategyContext context) => value;

    internal override int Parse(string text, StrategyContext context) =>
        int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw Refuse(text);

    internal override string Format(int number) => Text(number);

    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
