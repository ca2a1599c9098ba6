using Inference.Decoding.Layers.Settings;

namespace Inference.Decoding.Layers;

/// <summary>The settings of a request while a strategy reads them; notes what comes into effect.</summary>
internal sealed class StrategySettings
{
    private readonly IReadOnlyDictionary<string, string> _given;
    private readonly SortedDictionary<string, string> _effective = new(StringComparer.Ordinal);

    /// <exception cref="StrategyException">A setting is given that the strategy does not have.</exception>
    public StrategySettings(StrategyDescription description, IReadOnlyDictionary<string, string> given, StrategyContext context)
    {
        (Strategy, _given, Context) = (description.Name, given, context);
        foreach (var key in given.Keys)
        {
            if (!description.Settings.Any(setting => setting.Name == key))
            {
                throw new StrategyException(
                    StrategyException.SettingsField, key, string.Join(", ", description.Settings.Select(setting => setting.Name)));
            }
        }
    }

    public string Strategy { get; }

    public StrategyContext Context { get; }

    public IReadOnlyDictionary<string, string> Effective => _effective;

    /// <summary>The value given, or the setting's default.</summary>
    public T Read<T>(StrategySetting<T> setting) => Read(setting, setting.DefaultIn(Context));

    /// <summary>The value given, or <paramref name="fallback"/>.</summary>
    public T Read<T>(StrategySetting<T> setting, T fallback)
    {
        var value = _given.TryGetValue(setting.Name, out var text) ? setting.Parse(text, Context) : fallback;
        _effective[setting.Name] = setting.Format(value);
        return value;
    }

    /// <summary>Numbers, one for each of <paramref name="count"/> layers; all equal where none are given.</summary>
    public double[] ReadPerLayer(NumberListSetting setting, int count)
    {
        var equal = new double[count];
        equal.AsSpan().Fill(1.0 / count);
        var values = Read(setting, equal);
        return values.Length == count
            ? values
            : throw new StrategyException(setting.Name, $"{values.Length} numbers", $"{count}, one for each of layers");
    }
}
