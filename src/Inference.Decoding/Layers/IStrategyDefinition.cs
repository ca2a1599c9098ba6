namespace Inference.Decoding.Layers;

/// <summary>What the registry needs of a strategy: how it describes itself and how it is made.</summary>
internal interface IStrategyDefinition
{
    /// <summary>For the API, the command line and the docs.</summary>
    static abstract StrategyDescription Description { get; }

    /// <summary>Reads its settings.</summary>
    /// <exception cref="StrategyException">A value cannot be used.</exception>
    static abstract TokenStrategy Create(StrategySettings settings);
}
