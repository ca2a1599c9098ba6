namespace Inference.Decoding.Pruning;

/// <summary>A pruning plan is not valid.</summary>
/// <param name="field">Which part of the plan, such as <c>stages[1].layer</c>.</param>
/// <param name="found">What it holds.</param>
/// <param name="allowed">What it may hold.</param>
public sealed class PruningException(string field, string found, string allowed) : Exception($"{field}: found {found}; allowed: {allowed}")
{
    /// <summary>Which part of the plan.</summary>
    public string Field { get; } = field;

    /// <summary>What it holds.</summary>
    public string Found { get; } = found;

    /// <summary>What it may hold.</summary>
    public string Allowed { get; } = allowed;
}
