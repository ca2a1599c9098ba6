using Inference.Engine.Kv;

namespace Inference.Engine;

/// <summary>What a pruning plan came to.</summary>
/// <param name="KeptTokens">Image tokens that remain after each stage that the prompt has passed.</param>
/// <param name="KvBytesSaved">Bytes of keys and values that the prompt would have taken besides, in the layers it has entered.</param>
public sealed record PruningUsage(IReadOnlyList<int> KeptTokens, long KvBytesSaved)
{
    /// <summary>Of several requests with the same plan; null where none dropped anything.</summary>
    public static PruningUsage? Sum(IEnumerable<PruningUsage?> usages)
    {
        PruningUsage[] parts = [.. usages.OfType<PruningUsage>()];
        if (parts.Length == 0)
        {
            return null;
        }

        var stages = parts.Max(part => part.KeptTokens.Count);
        var kept = Enumerable.Range(0, stages).Select(s => parts.Sum(part => s < part.KeptTokens.Count ? part.KeptTokens[s] : 0));
        return new PruningUsage([.. kept], parts.Sum(part => part.KvBytesSaved));
    }

    /// <summary>For a prompt that has entered the layers of <paramref name="group"/>.</summary>
    internal static PruningUsage Of(KvLayout layout, int group, int textTokens)
    {
        var entered = layout.Groups.Take(group + 1).ToArray();
        return new PruningUsage(
            [.. entered.Skip(1).Select(stage => stage.PromptRows - textTokens)],
            entered.Sum(stage => (long)(stage.EndLayer - stage.FirstLayer) * (entered[0].PromptRows - stage.PromptRows) * layout.TokenBytes));
    }
}
