namespace Inference.Decoding.Layers;

/// <summary>A strategy cannot be used as it was asked for.</summary>
/// <param name="field">The setting, <see cref="NameField"/> or <see cref="SettingsField"/>.</param>
/// <param name="found">What was given.</param>
/// <param name="allowed">What would be accepted.</param>
public sealed class StrategyException(string field, string found, string allowed)
    : Exception($"{field}: found {Shorten(found)}; allowed: {allowed}")
{
    /// <summary>The field of an unknown strategy.</summary>
    public const string NameField = "strategy";

    /// <summary>The field of an unknown setting.</summary>
    public const string SettingsField = "set";

    private const int Longest = 60;

    /// <summary>The setting, <see cref="NameField"/> or <see cref="SettingsField"/>.</summary>
    public string Field { get; } = field;

    /// <summary>What was given, cut to a readable length.</summary>
    public string Found { get; } = Shorten(found);

    /// <summary>What would be accepted.</summary>
    public string Allowed { get; } = allowed;

    private static string Shorten(string text) => text.Length <= Longest ? text : $"{text[..Longest]}…";
}
