using Inference.Engine.Kv;

namespace Inference.Engine;

/// <summary>What dropping image rows came to.</summary>
/// <param name="KeptTokens">Image tokens that remain after each stage that the prompt has passed.</param>
/// <param name="KvBytesSaved">
/// Bytes of keys and values that the prompt would have taken besides, in the layers it has entered, reductions included.
/// </param>
public sealed record PruningUsage(IReadOnlyList<int> KeptTokens, long KvBytesSaved)
{
    /// <summary>Time spent on choosing what remains; stages that keep everything take none.</summary>
    public TimeSpan RankingTime { get; init; }

    /// <summary>
    /// Image rows that remain after each stage passed: ascending offsets among those of the prompt, all images one after the other. Of one
    /// request only.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>> KeptRows { get; init; } = [];

    /// <summary>Image rows that the encoder gave, before a reduction; null where nothing was reduced.</summary>
    public int? EncodedTokens { get; init; }

    /// <summary>
    /// Rows that a reduction chose: ascending offsets among those of the encoder, all images one after the other; empty where rows were
    /// averaged.
    /// </summary>
    public IReadOnlyList<int> ChosenRows { get; init; } = [];

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
        return new PruningUsage([.. kept], parts.Sum(part => part.KvBytesSaved))
        {
            RankingTime = new TimeSpan(parts.Sum(part => part.RankingTime.Ticks)),
            EncodedTokens = parts.Any(part => part.EncodedTokens is not null) ? parts.Sum(part => part.EncodedTokens ?? 0) : null,
        };
    }

    /// <summary>
    /// For a request that has entered the layers of <paramref name="group"/>; null where nothing is dropped, inside the decoder or before.
    /// </summary>
    internal static PruningUsage? Of(GenerationRequest request, KvLayout layout, int group)
    {
        var prompt = request.Prompt;
        var encoded = prompt.Images.Sum(span => request.Images[span.ImageIndex].EncodedRows);
        var isReduced = request.Images.Any(image => image.Reduction is not null);
        if (layout.Groups.Count == 1 && !isReduced)
        {
            return null;
        }

        var entered = layout.Groups.Take(group + 1).ToArray();
        return new PruningUsage(
            [.. entered.Skip(1).Select(stage => stage.PromptRows - prompt.TextTokens)],
            entered.Sum(
                stage => (long)(stage.EndLayer - stage.FirstLayer) * (prompt.TextTokens + encoded - stage.PromptRows) * layout.TokenBytes))
        {
            EncodedTokens = isReduced ? encoded : null,
        };
    }

    /// <summary>Rows chosen out of those of the encoder, of all images of a request; empty where no image had any left out.</summary>
    internal static IReadOnlyList<int> ChosenOf(IReadOnlyList<EngineImage> images)
    {
        var (chosen, first) = (new List<int>(), 0);
        foreach (var image in images)
        {
            chosen.AddRange((image.Features?.KeptRows ?? []).Select(row => first + row));
            first += image.EncodedRows;
        }

        return chosen;
    }
}
