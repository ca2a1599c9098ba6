namespace Inference.Decoding.Layers;

/// <summary>
/// The strategies there are. Adding one is a sealed class and a line here; API, command line, evaluation and docs list what they find here.
/// </summary>
public static class StrategyRegistry
{
    private static readonly Entry[] Entries =
    [
        Of<Apc>(),
        Of<Unleash>(),
        Of<Dola>(),
        Of<Pie>(),
        Of<Deco>(),
        Of<LayerMix>(),
        Of<Vcd>(),
        Of<M3id>(),
    ];

    /// <summary>All strategies, simplest first.</summary>
    public static IReadOnlyList<StrategyDescription> All { get; } = [.. Entries.Select(entry => entry.Description)];

    /// <summary>Makes a strategy for a decoder.</summary>
    /// <param name="choice">What the request says.</param>
    /// <param name="context">The decoder, and how tokens are chosen.</param>
    /// <exception cref="StrategyException">The name, a setting or a value is not known or not allowed.</exception>
    public static TokenStrategy Create(StrategyChoice choice, StrategyContext context)
    {
        var entry = Find(choice.Name);
        return entry.Create(new StrategySettings(entry.Description, choice.Settings, context));
    }

    /// <summary>Checks what needs no decoder: that there is such a strategy with such settings.</summary>
    /// <exception cref="StrategyException">There is not.</exception>
    public static void CheckNames(StrategyChoice choice) =>
        _ = new StrategySettings(Find(choice.Name).Description, choice.Settings, default);

    private static Entry Find(string name) => Array.Find(Entries, entry => entry.Description.Name == name)
        ?? throw new StrategyException(StrategyException.NameField, name, string.Join(", ", All.Select(description => description.Name)));

    private static Entry Of<T>()
        where T : IStrategyDefinition => new(T.Description, T.Create);

    private sealed record Entry(StrategyDescription Description, Func<StrategySettings, TokenStrategy> Create);
}
