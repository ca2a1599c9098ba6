using Inference.Engine;

namespace Inference.Cli.Tracing;

/// <summary>Keeps every number of a traced request until it is written.</summary>
/// <param name="rows">Prompt rows of hidden[i] for i in [0, L]: all n, fewer behind a stage of pruning.</param>
/// <param name="width">Width of the residual stream, d.</param>
/// <param name="vocabulary">Rows of the vocabulary matrix.</param>
internal sealed class TraceRecorder(int[] rows, int width, int vocabulary) : IGenerationTrace
{
    private readonly SortedDictionary<int, float[]> _features = [];
    private readonly List<(int[] Kept, int[] KeptOriginal)> _stages = [];
    private readonly List<float[]> _steps = [];
    private readonly List<int> _layers = [];

    /// <summary>hidden[i] for i in [0, L], each [its rows, d]; the last after the final norm.</summary>
    public float[][] Hidden { get; } = [.. rows.Select(count => new float[checked(count * width)])];

    /// <summary>[rows of hidden[L], vocabulary]</summary>
    public float[] Logits { get; } = new float[checked(rows[^1] * vocabulary)];

    /// <summary>Image rows that remain after each stage of pruning: offsets before the stage, and in the prompt.</summary>
    public IReadOnlyList<(int[] Kept, int[] KeptOriginal)> Stages => _stages;

    /// <summary>Feature rows of each image, by its index; each [rows, d].</summary>
    public IEnumerable<float[]> ImageFeatures => _features.Values;

    /// <summary>Scores of each step, [vocabulary].</summary>
    public IReadOnlyList<float[]> StepScores => _steps;

    /// <summary>The layer chosen at each step; empty for strategies that choose none.</summary>
    public IReadOnlyList<int> Layers => _layers;

    /// <inheritdoc/>
    public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width) => _features[image] = rows.ToArray();

    /// <inheritdoc/>
    public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width) =>
        rows.CopyTo(Hidden[index].AsSpan(firstRow * width));

    /// <inheritdoc/>
    public void OnStage(int stage, ReadOnlySpan<int> kept, ReadOnlySpan<int> keptOriginal) =>
        _stages.Add((kept.ToArray(), keptOriginal.ToArray()));

    /// <inheritdoc/>
    public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
    {
        normed.CopyTo(Hidden[^1].AsSpan(row * normed.Length));
        logits.CopyTo(Logits.AsSpan(row * logits.Length));
    }

    /// <inheritdoc/>
    public void OnStep(int step, ReadOnlySpan<float> scores, int? layer)
    {
        _steps.Add(scores.ToArray());
        if (layer is { } chosen)
        {
            _layers.Add(chosen);
        }
    }
}
