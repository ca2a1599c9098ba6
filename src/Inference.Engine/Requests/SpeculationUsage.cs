namespace Inference.Engine;

/// <summary>What guessing tokens came to.</summary>
/// <param name="DraftedTokens">Tokens guessed and checked.</param>
/// <param name="AcceptedTokens">Those that the model chose as well.</param>
public sealed record SpeculationUsage(int DraftedTokens, int AcceptedTokens)
{
    /// <summary>Of several requests; null where none guessed.</summary>
    public static SpeculationUsage? Sum(IEnumerable<SpeculationUsage?> usages)
    {
        SpeculationUsage[] parts = [.. usages.OfType<SpeculationUsage>()];
        return parts.Length == 0
            ? null
            : new SpeculationUsage(parts.Sum(part => part.DraftedTokens), parts.Sum(part => part.AcceptedTokens));
    }
}
