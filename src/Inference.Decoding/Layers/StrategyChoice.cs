namespace Inference.Decoding.Layers;

/// <summary>A strategy as a request names it, unchecked.</summary>
/// <param name="Name">Name in the registry.</param>
/// <param name="Settings">Values as text, in invariant culture; lists with commas.</param>
public sealed record StrategyChoice(string Name, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Reads <c>key=value</c> pairs.</summary>
    /// <exception cref="StrategyException">A pair has no key or no equals sign, or a key comes twice.</exception>
    public static StrategyChoice Parse(string name, IReadOnlyList<string> pairs)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new StrategyException(StrategyException.SettingsField, pair, "key=value");
            }

            var key = pair[..equals].Trim();
            if (!settings.TryAdd(key, pair[(equals + 1)..]))
            {
                throw new StrategyException(key, "set twice", "once");
            }
        }

        return new StrategyChoice(name, settings);
    }
}
