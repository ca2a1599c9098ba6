namespace Inference.Engine;

/// <summary>
/// Receives the inside of one request: every hidden state and logit of its prompt, the scores of every step. Called on the step loop's thread; spans are valid during
/// the call only. A traced request takes no shortcut.
/// </summary>
public interface IGenerationTrace
{
    /// <summary>Rows that stand for an image. rows: [count, width].</summary>
    void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width);

    /// <summary>hidden[<paramref name="index"/>] of consecutive prompt rows, for index in [0, L): L is reported by <see cref="OnPromptOutput"/> after the final norm.</summary>
    void OnHidden(int index, int firstPosition, ReadOnlySpan<float> rows, int width);

    /// <summary>A prompt row after the final norm, and its logits.</summary>
    void OnPromptOutput(int position, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits);

    /// <summary>The scores that the token of a step is chosen from.</summary>
    void OnStep(int step, ReadOnlySpan<float> scores);
}
