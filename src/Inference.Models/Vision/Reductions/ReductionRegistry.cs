namespace Inference.Models.Vision;

/// <summary>
/// The reductions there are. Adding one is a sealed class and a line here; API, command line, evaluation and docs list what they find here.
/// </summary>
public static class ReductionRegistry
{
    /// <summary>All reductions.</summary>
    public static IReadOnlyList<RowReduction> All { get; } =
    [
        new DivPrune(), new AttentionSelection(), new UniformSelection(), new GridResize(),
    ];

    /// <summary>Names, for errors.</summary>
    public static string Names => string.Join(", ", All.Select(reduction => reduction.Name));

    /// <summary>A reduction by name, or null.</summary>
    public static RowReduction? Find(string name) => All.FirstOrDefault(reduction => reduction.Name == name);
}
