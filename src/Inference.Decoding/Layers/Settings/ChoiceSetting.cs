namespace Inference.Decoding.Layers.Settings;

/// <summary>One of several words.</summary>
internal sealed class ChoiceSetting(
    string name, string[] options, string defaultText, Func<StrategyContext, string> defaultIn, string summary)
    : StrategySetting<string>(name, "choice", defaultText, string.Join(" or ", options), summary)
{
    internal override string DefaultIn(StrategyContext context) => defaultIn(context);

    internal override string Parse(string text, StrategyContext context) => options.Contains(text) ? text : throw Refuse(text);

    internal override string Format(string value) => value;
}
