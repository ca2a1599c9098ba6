using Inference.Engine;

namespace Inference.Cli.Tracing;

/// <summary>Keeps every number of a traced request until it is written.</summary>
/// <param name="rows">Prompt rows, n.</param>
/// <param name="layers">Decoder blocks, L.</param>
/// <param name="width">Width of the residual stream, d.</param>
/// <param name="vocabulary">Rows of the vocabulary matrix.</param>
internal sealed class TraceRecorder(int rows, int layers, int width, int vocabulary) : IGenerationTrace
{
    private readonly SortedDictionary<int, float[]> _features = [];
    private readonly List<float[]> _steps = [];

    /// <summary>hidden[i] for i in [0, L], each [n, d]; the last after the final norm.</summary>
    public float[][] Hidden { get; } = [.. Enumerable.Range(0, layers + 1).Select(_ => new float[checked(rows * width)])];

    /// <summary>[n, vocabulary]</summary>
    public float[] Logits { get; } = new float[checked(rows * vocabulary)];

    /// <summary>Feature rows of each image, by its index; each [rows, d].</summary>
    public IEnumerable<float[]> ImageFeatures => _features.Values;

    /// <summary>Scores of each step, [vocabulary].</summary>
    public IReadOnlyList<float[]> StepScores => _steps;

    /// <inheritdoc/>
    public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width) => _features[image] = rows.ToArray();

    /// <inheritdoc/>
    public void OnHidden(int index, int firstPosition, ReadOnlySpan<float> rows, int width) =>
        rows.CopyTo(Hidden[index].AsSpan(firstPosition * width));

    /// <inheritdoc/>
    public void OnPromptOutput(int position, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
    {
        normed.CopyTo(Hidden[^1].AsSpan(position * normed.Length));
        logits.CopyTo(Logits.AsSpan(position * logits.Length));
    }

    /// <inheritdoc/>
    public void OnStep(int step, ReadOnlySpan<float> scores) => _steps.Add(scores.ToArray());
}
