using System.Globalization;
using Inference.Decoding.Layers;

namespace Inference.Grounding.Importance;

/// <summary>
/// Puts numbers in the place of the names of priors in the settings of a strategy: <c>prior=NAME</c> of pie, <c>weights=NAME</c> of
/// layer-mix, and whatever other strategy takes a number for each of its layers. Where the layers are not set they become those of the
/// prior.
/// </summary>
public static class PriorNames
{
    private const string Layers = "layers";

    /// <summary>The choice with numbers only; null for null.</summary>
    /// <param name="choice">What the request says.</param>
    /// <param name="priors">Priors of the model by name; names begin with a letter or @.</param>
    /// <exception cref="StrategyException">There is no such prior, or it lacks a layer that the request names.</exception>
    public static StrategyChoice? Resolve(StrategyChoice? choice, IReadOnlyDictionary<string, LayerPrior> priors)
    {
        if (choice is null || StrategyRegistry.All.FirstOrDefault(strategy => strategy.Name == choice.Name) is not { } description)
        {
            return choice;
        }

        var settings = new Dictionary<string, string>(choice.Settings, StringComparer.Ordinal);
        foreach (var setting in description.Settings)
        {
            if (setting.Type == "number list" && settings.TryGetValue(setting.Name, out var name) && IsName(name))
            {
                var prior = priors.GetValueOrDefault(name) ?? throw Unknown(setting.Name, name, priors.Keys);
                var layers = settings.TryGetValue(Layers, out var text) ? ReadLayers(text) : prior.Layers;
                settings[setting.Name] = string.Join(',', Pick(prior, layers ?? prior.Layers, name));
                settings.TryAdd(Layers, string.Join(',', prior.Layers.Select(layer => layer.ToString(CultureInfo.InvariantCulture))));
            }
        }

        return choice with { Settings = settings };
    }

    /// <summary>Whether a value is a name and cannot be a number.</summary>
    public static bool IsName(string value) => value.Length > 0 && (char.IsAsciiLetter(value[0]) || value[0] == '@');

    // Null where the text is no list of layers, which the strategy itself refuses in its own words.
    private static int[]? ReadLayers(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var layers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out layers[i]))
            {
                return null;
            }
        }

        return layers;
    }

    private static IEnumerable<string> Pick(LayerPrior prior, IReadOnlyList<int> layers, string name)
    {
        int[] known = [.. prior.Layers];
        foreach (var layer in layers)
        {
            var index = Array.BinarySearch(known, layer);
            yield return index >= 0
                ? prior.Prior[index].ToString("R", CultureInfo.InvariantCulture)
                : throw new StrategyException(Layers, $"{layer}", $"those of the prior '{name}': {string.Join(',', known)}");
        }
    }

    private static StrategyException Unknown(string setting, string name, IEnumerable<string> known)
    {
        var names = string.Join(", ", known.Order(StringComparer.Ordinal));
        var allowed = "one number of at least 0 for each layer";
        return new StrategyException(
            setting, name, names.Length == 0 ? $"{allowed}; no prior has a name here" : $"{allowed}, or a prior: {names}");
    }
}
