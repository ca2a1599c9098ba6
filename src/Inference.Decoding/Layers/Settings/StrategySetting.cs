namespace Inference.Decoding.Layers.Settings;

/// <summary>A setting of a strategy as users see it.</summary>
/// <param name="name">Its key.</param>
/// <param name="type">What kind of value it takes.</param>
/// <param name="defaultText">The value without it.</param>
/// <param name="allowed">What is accepted.</param>
/// <param name="summary">What it does.</param>
public abstract class StrategySetting(string name, string type, string defaultText, string allowed, string summary)
{
    /// <summary>Its key.</summary>
    public string Name { get; } = name;

    /// <summary>What kind of value it takes.</summary>
    public string Type { get; } = type;

    /// <summary>The value without it: a value, or words where it depends on the model.</summary>
    public string Default { get; } = defaultText;

    /// <summary>What is accepted.</summary>
    public string Allowed { get; } = allowed;

    /// <summary>What it does.</summary>
    public string Summary { get; } = summary;
}

/// <summary>A setting that knows how its values are written.</summary>
/// <inheritdoc/>
public abstract class StrategySetting<T>(string name, string type, string defaultText, string allowed, string summary)
    : StrategySetting(name, type, defaultText, allowed, summary)
{
    /// <summary>The value without it.</summary>
    internal abstract T DefaultIn(StrategyContext context);

    /// <summary>Reads a value.</summary>
    /// <exception cref="StrategyException">The text is no value, or one that is not allowed.</exception>
    internal abstract T Parse(string text, StrategyContext context);

    /// <summary>Writes a value as <see cref="Parse"/> reads it.</summary>
    internal abstract string Format(T value);

    private protected StrategyException Refuse(string found, string? allowed = null) => new(Name, found, allowed ?? Allowed);
}
