namespace Inference.Decoding.Pruning;

/// <summary>
/// The rankings there are. Adding one is a sealed class and a line here; API, command line, evaluation and docs list what they find here.
/// </summary>
public static class RankingRegistry
{
    /// <summary>All rankings, the default first.</summary>
    public static IReadOnlyList<Ranking> All { get; } = [new AttentionRank(), new HiddenChangeRank(), new UniformRank(), new RandomRank()];

    /// <summary>That of requests that name none: the reference's.</summary>
    public static Ranking Default => All[0];

    /// <summary>Names, for errors.</summary>
    public static string Names => string.Join(", ", All.Select(ranking => ranking.Name));

    /// <summary>A ranking by name; the default one for an empty name.</summary>
    /// <exception cref="PruningException">There is none of that name.</exception>
    public static Ranking Find(string name) => name.Length == 0 ? Default
        : All.FirstOrDefault(ranking => ranking.Name == name) ?? throw new PruningException("ranking", $"'{name}'", Names);
}
