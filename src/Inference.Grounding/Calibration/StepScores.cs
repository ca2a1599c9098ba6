using Inference.Engine;

namespace Inference.Grounding.Calibration;

/// <summary>Keeps the logits of every generated token.</summary>
internal sealed class StepScores : IGenerationTrace
{
    /// <summary>[tokens][vocabulary]</summary>
    public List<float[]> Steps { get; } = [];

    /// <inheritdoc/>
    public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width)
    {
    }

    /// <inheritdoc/>
    public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width)
    {
    }

    /// <inheritdoc/>
    public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
    {
    }

    /// <inheritdoc/>
    public void OnStep(int step, ReadOnlySpan<float> scores, int? layer) => Steps.Add(scores.ToArray());
}
